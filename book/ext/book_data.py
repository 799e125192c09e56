"""What the tables hold, column by column, from datapackage.json: for readers, and as Croissant for
programs that look for data sets.
"""

import csv
import io
import json
import re
from hashlib import sha256
from html import escape
from importlib.metadata import version
from pathlib import Path

from book_evidence import raw
from book_weight import DATA_FOLDER
from bs4 import BeautifulSoup
from docutils import nodes
from docutils.parsers.rst import Directive

from helpers import evidence

PAGE = "book/data"
CROISSANT = "_static/croissant.json"
NUMBER = re.compile(r"[-+]?\d*\.?\d+(e[-+]?\d+)?")
CAPTION = re.compile(
    r'<figure class="ldn-figure" id="(figure-[\d-]+)">.*?'
    r'<figcaption>(.*?)<span class="ldn-sources">',
    re.S,
)
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


def field_of(column, values, tables):
    """A column of a figure's data in the terms of a data package.

    tables: pairs of a table of `package()` and its rows. A column has the words of the published
    column of its name from which all its values are, if there is but one meaning of that; else
    nobody wrote down more than its name.
    """
    found, own = {"name": column}, alike(values)
    if own and all(isinstance(value, float) for value in own):
        found["type"] = "number"
    else:
        found["type"] = "boolean" if own and own <= {"True", "False"} else "string"
    meanings = {
        (field["description"], field.get("unit", ""))
        for table, rows in tables
        for field in table["schema"]["fields"]
        if field["name"] == column and own and own <= alike(row[column] for row in rows)
    }
    if len(meanings) == 1:
        [(found["description"], unit)] = meanings
        found |= {"unit": unit} if unit else {}
    return found


def figures(html):
    """A data package of what the figures of a built book draw, with their captions."""
    tables = [
        (table, list(csv.DictReader(io.StringIO(published(table["name"]).decode("utf-8-sig")))))
        for table in package()["resources"]
    ]
    captions = {}
    for page in sorted(html.glob("*/*.html")):
        for id, caption in CAPTION.findall(page.read_text(encoding="utf-8")):
            captions[id] = " ".join(BeautifulSoup(caption, "html.parser").get_text().split())
    resources = []
    for id in sorted(captions):
        path = html / DATA_FOLDER / f"{id}.csv"
        with path.open(encoding="utf-8-sig", newline="") as file:
            columns = list(zip(*csv.reader(file)))
        fields = [field_of(name, values, tables) for name, *values in columns]
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
    }


def describe(app, error):
    """Write it beside the files, once these are there (book_weight.py)."""
    if error or app.builder.format != "html":
        return
    html = Path(app.outdir)
    text = json.dumps(figures(html), ensure_ascii=False, indent=1)
    (html / DATA_FOLDER / "datapackage.json").write_text(text, encoding="utf-8")


def setup(app):
    app.add_directive("tables", Tables)
    app.connect("config-inited", publish)
    app.connect("build-finished", write)
    app.connect("build-finished", describe, priority=950)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
