// Python for edit.js, in a thread of its own: the page stays alive, and ending this ends Python.
const base = new URL("static/pyodide/", location.href).href;
const plain = fetch.bind(self);
let loaded = 0;

// Pyodide's own requests, with their bytes counted as they come. The hash of each file was checked
// when the book was built, and they come from the book's own host.
// Of a file that does not come Pyodide says nothing, and waits for ever.
self.fetch = async (address, { integrity, ...options } = {}) => {
  const name = String(address).split("/").pop();
  const failed = `the file ${name} did not arrive`;
  const answer = await plain(address, options).catch(() => null);
  if (!answer?.ok) {
    postMessage({ failed });
    throw new Error(failed);
  }
  const reader = answer.body.getReader();
  const counted = new ReadableStream({
    async pull(controller) {
      const { done, value } = await reader.read().catch((error) => {
        postMessage({ failed });
        throw error;
      });
      if (done) return controller.close();
      loaded += value.length;
      postMessage({ loaded });
      controller.enqueue(value);
    },
  });
  return new Response(counted, { status: answer.status, headers: answer.headers });
};

// Loads packages, and what they stand on.
const load = (pyodide, names) =>
  pyodide.loadPackage(names, { checkIntegrity: false, messageCallback: () => {} });

async function start() {
  // The smallest module there is: throws where a rule of the site or the browser forbids all.
  new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]));
  importScripts(`${base}pyodide.js`);
  const pyodide = await loadPyodide({ indexURL: base });
  // What is asked for late, when a figure is shown, would have a cell computed twice.
  await load(pyodide, ["ipython", "pybtex"]);
  const { packages } = await (await fetch(`${base}pyodide-lock.json`)).json();
  // The book's own alone: a cell needs few of the packages that it names, see `answer`.
  const wheel = packages["ldn-book-helpers"].file_name;
  pyodide.unpackArchive(await (await fetch(base + wheel)).arrayBuffer(), "wheel");
  postMessage({ say: "Python is here, and starts." });
  for (const name of ["needed.py", "edit.py"]) {
    const text = await (await fetch(new URL(name, location.href))).text();
    pyodide.FS.writeFile(name, text);
  }
  const edit = pyodide.pyimport("edit");
  const ask = (name, ...given) => JSON.parse(edit[name](JSON.stringify(given)));
  const imports = Object.entries(packages).flatMap(([name, entry]) =>
    entry.imports.map((top) => [top, name]));
  ask("know", Object.fromEntries(imports));
  return { ask, load: (names) => load(pyodide, names) };
}

// What the code gives; {missing} where an import asked for packages that are not loaded.
function attempt(ask, before, code) {
  const rest = ask("still_to_run", before, code);
  for (const [done, text] of rest.entries()) {
    const which = `${done + 1} of ${rest.length}`;
    postMessage({ say: `Running what it needs of the cells before it: ${which}.` });
    const { error, missing } = ask("run_before", text);
    if (missing) return { missing };
    if (error) {
      const told = `A cell before this one stopped:\n${error}`;
      return { outputs: [], error: told, seconds: 0 };
    }
  }
  postMessage({ say: "Running." });
  const began = performance.now();
  return { ...ask("run", code), seconds: (performance.now() - began) / 1000 };
}

let python;
onmessage = async ({ data: { before, code } }) => {
  try {
    python ??= start();
    const { ask, load } = await python;
    let given = attempt(ask, before, code);
    while (given.missing) {
      await load(given.missing);
      given = attempt(ask, before, code);
    }
    postMessage(given);
  } catch (error) {
    postMessage({ failed: String(error.message || error).trim().split("\n").pop() });
  }
};
