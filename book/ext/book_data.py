"""What the tables hold, column by column, from datapackage.json: for readers, and as Croissant for
programs that look for data sets. The same for the data of figures, from figures/columns.toml.
"""

import csv
import io
import json
import re
import tomllib
from fnmatch import fnmatchcase
from functools import cache
from hashlib import sha256
from html import escape
from importlib.metadata import version
from pathlib import Path

from book_evidence import raw
from book_weight import DATA_FOLDER
from bs4 import BeautifulSoup
from docutils import nodes
from docutils.parsers.rst import Directive

from helpers import evidence, figures

PAGE = "book/data"
CROISSANT = "_static/croissant.json"
NUMBER = re.compile(r"[-+]?\d*\.?\d+(e[-+]?\d+)?")
COLUMNS = Path(figures.__file__).with_name("columns.toml")
CAPTION = re.compile(
    r'<figure class="ldn-figure" id="(figure-[\d-]+)">.*?'
    r'<figcaption>(.*?)<span class="ldn-sources">',
    re.S,
)
# A figure's download, with nothing behind it that leads to the meaning of its columns.
DOWNLOAD = re.compile(r'<a download="(figure-[\d-]+)\.csv"[^>]*>[^<]*</a>(?!<span [^>]*> \()')
BOX = re.compile(r'(<div class="ldn-figure-data[^"]*">).*?(</div>)', re.S)
LIMITS = {"minimum": "at least {}", "maximum": "at most {}", "pattern": "of the form {}"}
# The types of data packages in the terms of Croissant.
TYPES = {"string": "sc:Text", "integer": "sc:Integer", "number": "sc:Float", "date": "sc:Date"}


def package():
    return json.loads(evidence.PACKAGE.read_text(encoding="utf-8"))


def published(table):
    """The bytes in which the book offers a table: with a mark that tells a spreadsheet that β and
    µ are UTF-8.
    """
    return (evidence.FOLDER / f"{table}.csv").read_text(encoding="utf-8").encode("utf-8-sig")


def allowed(field):
    """What may stand in a column: type, unit, words, limits; as HTML."""
    rules = field.get("constraints", {})
    words = [field["type"], *([field["unit"]] if "unit" in field else [])]
    words += [form.format(rules[name]) for name, form in LIMITS.items() if name in rules]
    if "enum" in rules:
        words.append("one of: " + ", ".join(map(str, rules["enum"])))
    if "keys" in field:
        words.append(f"keys of {field['keys']}")
    if rules.get("required"):
        words.append("never empty")
    return escape("; ".join(words))


class Tables(Directive):
    """A section for each table, whose id is the table's name."""

    def run(self):
        return [self.section(table) for table in package()["resources"]]

    def section(self, table):
        name, schema = table["name"], table["schema"]
        refers = [
            f"{' and '.join(key['fields'])} to {key['reference']['resource']}"
            for key in schema.get("foreignKeys", [])
        ]
        lines = "".join(
            f"<tr><th>{escape(field['name'])}</th><td>{escape(field['description'])}</td>"
            f"<td>{allowed(field)}</td></tr>"
            for field in schema["fields"]
        )
        words = [
            f"{table['description']}. {len(evidence.read(name))} rows, each known by its "
            f"{' and '.join(schema['primaryKey'])}."
        ]
        if refers:
            words.append(f" It refers by {', '.join(refers)}.")
        return nodes.section(
            "",
            nodes.title("", name.replace("_", " ").capitalize()),
            nodes.paragraph("", "".join(words)),
            raw(f'<p><a href="../_static/{name}.csv" download>{name}.csv</a></p>'),
            raw(
                '<table class="table ldn-columns"><thead><tr><th>column</th><th>what it says</th>'
                f"<th>what may stand there</th></tr></thead><tbody>{lines}</tbody></table>"
            ),
            ids=[name],
        )


# As Croissant

CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    "conformsTo": "dct:conformsTo",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "equivalentProperty": "cr:equivalentProperty",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}


def dataset(base, author, year):
    """The tables as a Dataset of schema.org; base: the address of the book."""
    about = package()
    return {
        "@type": "Dataset",
        "@id": f"{base}{PAGE}.html#dataset",
        "url": f"{base}{PAGE}.html",
        "name": about["title"],
        "description": about["description"],
        "license": about["licenses"][0]["path"],
        "creator": {"@type": "Organization", "name": author},
        "datePublished": year,
        "version": version("ldn-book-helpers"),
        "inLanguage": "en",
        "isAccessibleForFree": True,
        "distribution": [
            {
                "@type": "DataDownload",
                "@id": f"{table['name']}.csv",
                "name": f"{table['name']}.csv",
                "description": table["description"],
                "contentUrl": f"{base}_static/{table['name']}.csv",
                "encodingFormat": table["mediatype"],
            }
            for table in about["resources"]
        ],
    }


def record_set(name, description, schema):
    """A table of Croissant; name, description and schema as in the data package."""
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "description": description,
        "key": [{"@id": f"{name}/{key}"} for key in schema["primaryKey"]],
        "field": [
            {
                "@type": "cr:Field",
                "@id": f"{name}/{field['name']}",
                "name": field["name"],
                "description": field["description"],
                "dataType": TYPES[field["type"]],
                "source": {
                    "fileObject": {"@id": f"{name}.csv"},
                    "extract": {"column": field["name"]},
                },
            }
            for field in schema["fields"]
        ],
    }


def croissant(base, author, year):
    """The same with every column, as Croissant."""
    data = dataset(base, author, year)
    for file, table in zip(data["distribution"], package()["resources"]):
        content = published(table["name"])
        file |= {
            "@type": "cr:FileObject",
            "contentSize": f"{len(content)} B",
            "sha256": sha256(content).hexdigest(),
        }
    tables = [
        record_set(table["name"], table["description"], table["schema"])
        for table in package()["resources"]
    ]
    return {
        "@context": CONTEXT,
        **data,
        "@type": "sc:Dataset",
        "citeAs": f"{author} ({year}). {data['name']}. Version {data['version']}. {data['url']}",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "recordSet": tables,
    }


def publish(app, config):
    folder = evidence.FOLDER
    files = [evidence.PACKAGE, evidence.BIBLIOGRAPHY]
    files += [folder / f"{name}.csv" for name in evidence.TABLES]
    config.html_static_path += map(str, files)


def write(app, error):
    """Write the tables as they are offered and, where the address is known, their Croissant."""
    if error or app.builder.format != "html":
        return
    html, config = Path(app.outdir), app.config
    for name in evidence.TABLES:
        (html / "_static" / f"{name}.csv").write_bytes(published(name))
    if config.html_baseurl:
        text = json.dumps(
            croissant(config.html_baseurl, config.author, config.copyright), ensure_ascii=False
        )
        (html / CROISSANT).write_text(text, encoding="utf-8")


# The data of figures


def alike(values):
    """Cells of a column as they compare: numbers by value, and no empty ones."""
    return {float(v) if NUMBER.fullmatch(v) else v for v in values if v}


# How words name another column: "in the unit of column unit", "(see formula)".
NAMED = re.compile(r"\b(?:column|see) (\w+)")


def field_of(figure, column, values, tables, columns):
    """A column of a figure's data in the terms of a data package.

    tables: pairs of a table of `package()` and its rows. columns: names of all of the figure's.
    What the column means is said in COLUMNS for this figure by its name; or it has the words of
    the published column of its name from which all its values are, if there is but one meaning of
    that and it names no column that the figure lacks; or those in COLUMNS for a pattern of names,
    or for all figures.
    """
    found, own = {"name": column}, alike(values)
    if own and all(isinstance(value, float) for value in own):
        found["type"] = "number"
    else:
        found["type"] = "boolean" if own and own <= {"True", "False"} else "string"
    same = {
        (field["description"], *([field["unit"]] if "unit" in field else []))
        for table, rows in tables
        for field in table["schema"]["fields"]
        if field["name"] == column and own and own <= alike(row[column] for row in rows)
        if {*NAMED.findall(field["description"])} <= {*columns}
    }
    words = meaning(figure, column) or (same.pop() if len(same) == 1 else None)
    words = words or meaning(figure, column, pattern=True) or meaning("all", column)
    if words:
        found |= zip(("description", "unit"), words)
    return found


@cache
def meanings():
    """COLUMNS: figure, or "all" → column, in which * stands for any letters → its meaning."""
    return tomllib.loads(COLUMNS.read_text(encoding="utf-8"))


def meaning(figure, column, pattern=False):
    """What COLUMNS says of a column, by its name or by a pattern of names: words, and a unit where
    it has one; None if it says nothing.
    """
    said = meanings().get(figure, {})
    fitting = (said[name] for name in said if fnmatchcase(column, name))
    words = next(fitting, None) if pattern else said.get(column)
    return [words] if isinstance(words, str) else words


def figures_of(html):
    """A data package of what the figures of a built book draw, with their captions; and the page
    of each.
    """
    tables = [
        (table, list(csv.DictReader(io.StringIO(published(table["name"]).decode("utf-8-sig")))))
        for table in package()["resources"]
    ]
    captions, places = {}, {}
    for page in sorted(html.glob("*/*.html")):
        for id, caption in CAPTION.findall(page.read_text(encoding="utf-8")):
            captions[id] = " ".join(BeautifulSoup(caption, "html.parser").get_text().split())
            places[id] = page.relative_to(html).as_posix()
    resources = []
    for id in sorted(captions):
        path = html / DATA_FOLDER / f"{id}.csv"
        with path.open(encoding="utf-8-sig", newline="") as file:
            columns = list(zip(*csv.reader(file)))
        names = [name for name, *_ in columns]
        fields = [field_of(id, name, values, tables, names) for name, *values in columns]
        resources.append(
            {
                "name": id,
                "path": path.name,
                "profile": "tabular-data-resource",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "description": captions[id],
                "schema": {"fields": fields},
            }
        )
    about = package()
    return {
        "name": "figures",
        "title": "What the figures draw",
        "licenses": about["licenses"],
        "resources": resources,
    }, places


def sections(resources, places):
    """HTML of a section for each file of figures, whose id is the figure's."""
    found = []
    for one in resources:
        lines, id = "", one["name"]
        for field in one["schema"]["fields"]:
            unit = f" ({field['unit']})" if "unit" in field else ""
            words = field.get("description", "") + unit
            lines += f"<li><code>{escape(field['name'])}</code>: {escape(words)}</li>"
        name = f"Figure {id.removeprefix('figure-').replace('-', '.')}"
        found.append(
            f'<section id="{id}"><h3>{name}</h3><p><a href="../{places[id]}#{id}">{name}</a>, '
            f'<a href="../{DATA_FOLDER}/{id}.csv" download>{id}.csv</a></p>'
            f"<ul>{lines}</ul></section>"
        )
    return "".join(found)


def describe(app, error):
    """Write what the columns of figures mean beside the files, once these are there
    (book_weight.py), and on the page of the tables; and lead from each download there.
    """
    if error or app.builder.format != "html":
        return
    html = Path(app.outdir)
    found, places = figures_of(html)
    text = json.dumps(found, ensure_ascii=False, indent=1)
    (html / DATA_FOLDER / "datapackage.json").write_text(text, encoding="utf-8")
    inside = sections(found["resources"], places)
    for path in html.glob("*/*.html"):
        page = path.read_text(encoding="utf-8")
        if path == html / f"{PAGE}.html":
            new = BOX.sub(lambda box: box[1] + inside + box[2], page)
        else:
            # A slide stays where it is.
            target = ' target="_blank" rel="noopener"' if "slides_" in path.name else ""
            new = DOWNLOAD.sub(lead_to_columns(target), page)
        if new != page:
            path.write_text(new, encoding="utf-8")


def lead_to_columns(target):
    r"""What `DOWNLOAD` becomes: itself, and behind it a link to what its columns mean.

    target: HTML of attributes that say where the link opens.
    """
    return (
        rf'\g<0><span class="ldn-screen"> (<a href="../{PAGE}.html#\1"{target}>columns'
        r'<span class="visually-hidden"> of \1.csv</span></a>)</span>'
    )


def setup(app):
    app.add_directive("tables", Tables)
    app.connect("config-inited", publish)
    app.connect("build-finished", write)
    app.connect("build-finished", describe, priority=950)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
