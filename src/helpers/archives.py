"""Models that travel: COMBINE archives (OMEX) of a model, of a figure's curves, and of the fit of
chapter 3 to scans as a PEtab problem.

An archive is a zip file with a list of contents. Its simulation is in SED-ML: one file of SBML and
one task a course, and all curves in one plot. The same input gives the same bytes.
"""

import io
import zipfile
from xml.sax.saxutils import escape, quoteattr

from helpers import checks, models
from helpers.analysis import courses, fits
from helpers.analysis.courses import Course

FORMAT = "http://identifiers.org/combine.specifications/"
SBML_NAMESPACE = "http://www.sbml.org/sbml/level3/version2/core"
MATHML = "http://www.w3.org/1998/Math/MathML"
# Terms of KiSAO: the solver, the relative and the absolute error of its steps.
CVODE, RELATIVE, ABSOLUTE = "KISAO:0000019", "KISAO:0000209", "KISAO:0000211"
ERRORS = {RELATIVE: 1e-9, ABSOLUTE: 1e-12}
# How long a model is followed where no figure says so, by its unit of time.
LENGTH = {"h": 72, "day": 365, "week": 52, "1": 60}

SEDML = """\
<?xml version="1.0" encoding="UTF-8"?>
<sedML xmlns="http://sed-ml.org/sed-ml/level1/version4" level="1" version="4" \
xmlns:sbml="{namespace}">
  <notes><p xmlns="http://www.w3.org/1999/xhtml">{notes}</p></notes>
  <listOfModels>
{models}  </listOfModels>
  <listOfSimulations>
{simulations}  </listOfSimulations>
  <listOfTasks>
{tasks}  </listOfTasks>
  <listOfDataGenerators>
{generators}  </listOfDataGenerators>
  <listOfOutputs>
    <report id="numbers" name={title}>
      <listOfDataSets>
{sets}      </listOfDataSets>
    </report>
    <plot2D id="plot" name={title}>
      <listOfCurves>
{curves}      </listOfCurves>
    </plot2D>
  </listOfOutputs>
</sedML>
"""


def of_model(model):
    """The archive of that model: one dose of 4.5 mg, if it takes any, and its outputs over
    `LENGTH`. Returns bytes. Raises UnknownName for another model, ImportError as `export.sbml`.
    """
    from helpers import export  # made of SymPy, which is slow to load

    model = models.load(model)
    outputs = dict.fromkeys(model.outputs, 1)
    course = Course(model.title, model.name, export.ONE_DOSE, LENGTH[model.time], 240, outputs)
    return archive([course], model.title)


def of_figure(number):
    """The archive of the courses behind that figure, one of `courses.FIGURES`. Returns bytes.

    Raises UnknownName for another figure, ImportError as `export.sbml`.
    """
    checks.known("figure with courses", number, courses.FIGURES)
    return archive(courses.FIGURES[number](), f"Figure {number}")


def archive(made, title):
    """The archive of those courses (`helpers.analysis.courses`): bytes of a zip file with the SBML
    of each and the SED-ML that runs and plots them. title: words.

    Raises ValueError for what is no list of courses or no text, ImportError as `export.sbml`.
    """
    from helpers import export  # made of SymPy, which is slow to load

    checks.text("title", title)
    if not made or not all(isinstance(course, Course) for course in made):
        raise ValueError(f"made must be a list of courses, at least one, got {made!r}")
    files = {
        f"course_{i}.xml": export.sbml(course.model, course.doses, **course.parameters)
        for i, course in enumerate(made, start=1)
    }
    return packed({"simulation.sedml": sedml(made, title)} | files)


def sedml(made, title):
    """SED-ML that runs the files course_1.xml, course_2.xml, … of those courses."""
    parts = {
        name: "" for name in ("models", "simulations", "tasks", "generators", "sets", "curves")
    }
    errors = "".join(
        f'<algorithmParameter kisaoID="{term}" value="{value:g}"/>'
        for term, value in ERRORS.items()
    )
    runs = {}
    for i, course in enumerate(made, start=1):
        name = quoteattr(course.name)
        parts["models"] += (
            f'    <model id="model_{i}" name={name} source="course_{i}.xml" '
            'language="urn:sedml:language:sbml.level-3.version-2"/>\n'
        )
        length = (course.end, course.steps)
        if length not in runs:
            runs[length] = f"run_{len(runs) + 1}"
            parts["simulations"] += (
                f'    <uniformTimeCourse id="{runs[length]}" initialTime="0" outputStartTime="0" '
                f'outputEndTime="{course.end:g}" numberOfSteps="{course.steps}">\n'
                f'      <algorithm kisaoID="{CVODE}"><listOfAlgorithmParameters>{errors}'
                "</listOfAlgorithmParameters></algorithm>\n    </uniformTimeCourse>\n"
            )
        parts["tasks"] += (
            f'    <task id="task_{i}" name={name} modelReference="model_{i}" '
            f'simulationReference="{runs[length]}"/>\n'
        )
        drawn = {"time": ("time", 1)}
        drawn |= {
            output: (models.load(course.model).outputs[output].label, factor)
            for output, factor in course.outputs.items()
        }
        for output, (label, factor) in drawn.items():
            id, words = f"{output}_{i}", quoteattr(f"{course.name}: {label}")
            place = (
                'symbol="urn:sedml:symbol:time"'
                if output == "time"
                else 'target="/sbml:sbml/sbml:model/sbml:listOfParameters/'
                f"sbml:parameter[@id='{output}']\""
            )
            value = f"<ci>value_{id}</ci>"
            if factor != 1:
                value = f"<apply><times/><cn>{factor:g}</cn>{value}</apply>"
            parts["generators"] += (
                f'    <dataGenerator id="{id}" name={words}>\n'
                f'      <listOfVariables><variable id="value_{id}" {place} '
                f'taskReference="task_{i}"/></listOfVariables>\n'
                f'      <math xmlns="{MATHML}">{value}</math>\n    </dataGenerator>\n'
            )
            parts["sets"] += (
                f'        <dataSet id="set_{id}" label={words} dataReference="{id}"/>\n'
            )
            if output != "time":
                parts["curves"] += (
                    f'        <curve id="curve_{id}" name={words} logX="false" logY="false" '
                    f'xDataReference="time_{i}" yDataReference="{id}"/>\n'
                )
    notes = escape(f"{title}. It explains science and is no medical advice.")
    return SEDML.format(namespace=SBML_NAMESPACE, notes=notes, title=quoteattr(title), **parts)


def fit():
    """The fit of chapter 3 as a PEtab problem (version 1): the retained reading of
    `receptor_occupancy`, seven scans and four later values of one series, free ED50 and retention.

    Returns the bytes of an archive, with the same data, errors and hour of the scans as
    `fits.fit_occupancy`. Raises ImportError as `export.sbml`.
    """
    from helpers import export  # made of SymPy, which is slow to load

    model, output, free = fits.STRUCTURES["retained"]
    parameters = models.load(model).parameters
    rows = fits.measured()
    conditions = {dose: f"dose_{dose:g}".replace(".", "_") for dose in rows["dose_mg"].unique()}
    later = rows["relative"]
    measurements = [
        [
            "share_of_first_scan" if relative else "mu_blocked",
            conditions[dose],
            f"{value:g}",
            f"{hour:g}",
            f"{sd!r}",
        ]
        for relative, dose, value, hour, sd in zip(
            later, rows["dose_mg"], rows["value"], rows["time_h"], rows["sd"].astype(float)
        )
    ]
    # The first scan was an hour after the dose, when 2^(-1/retention) of it was still held.
    first = "(1 + ED50 / (dose_amount * 2^(-1 / retention)))"
    observables = [
        ["mu_blocked", "mu receptors blocked (%)", f"100 * {output}"],
        ["share_of_first_scan", "share of the scan at 1 h (%)", f"100 * {output} * {first}"],
    ]
    name = f"{model}.xml"
    return packed(
        {
            "problem.yaml": PROBLEM.format(model=name),
            name: export.sbml(model),
            "conditions.tsv": _tsv(
                ["conditionId", "dose_amount"], [[id, f"{d:g}"] for d, id in conditions.items()]
            ),
            "measurements.tsv": _tsv(
                ["observableId", "simulationConditionId", "measurement", "time", "noiseParameters"],
                measurements,
            ),
            "observables.tsv": _tsv(
                ["observableId", "observableName", "observableFormula", "noiseFormula"],
                [[*row, f"noiseParameter1_{row[0]}"] for row in observables],
            ),
            "parameters.tsv": _tsv(
                [
                    "parameterId",
                    "parameterName",
                    "parameterScale",
                    "lowerBound",
                    "upperBound",
                    "nominalValue",
                    "estimate",
                ],
                [
                    [
                        id,
                        q.note.partition(";")[0],
                        "log",
                        f"{q.low:g}",
                        f"{q.high:g}",
                        f"{q.value:g}",
                        "1",
                    ]
                    for id, q in ((id, parameters[id]) for id in free)
                ],
            ),
        }
    )


PROBLEM = """\
format_version: 1
parameter_file: parameters.tsv
problems:
  - sbml_files: [{model}]
    condition_files: [conditions.tsv]
    measurement_files: [measurements.tsv]
    observable_files: [observables.tsv]
"""


def _tsv(head, rows):
    return "".join("\t".join(row) + "\n" for row in [head, *rows])


KINDS = {
    ".sedml": FORMAT + "sed-ml",
    ".xml": FORMAT + "sbml",
    ".yaml": FORMAT + "petab.version-1",
    ".tsv": "http://purl.org/NET/mediatypes/text/tab-separated-values",
}
MANIFEST = """\
<?xml version="1.0" encoding="UTF-8"?>
<omexManifest xmlns="{form}omex-manifest">
  <content location="." format="{form}omex"/>
  <content location="./manifest.xml" format="{form}omex-manifest"/>
{files}</omexManifest>
"""


def packed(files):
    """The bytes of a COMBINE archive. files: name -> text; the first is the one to open.

    Raises ValueError for a name whose ending has no format of `KINDS`.
    """
    listed = ""
    for i, name in enumerate(files):
        ending = name[name.rfind(".") :]
        checks.known("ending of a file in an archive", ending, KINDS)
        master = ' master="true"' * (i == 0)
        listed += f'  <content location="./{name}" format="{KINDS[ending]}"{master}/>\n'
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in {
            "manifest.xml": MANIFEST.format(form=FORMAT, files=listed),
            **files,
        }.items():
            # Always the same date, so that the same files make the same archive.
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, text)
    return stream.getvalue()
