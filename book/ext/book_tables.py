"""Tables on a phone: one that is too wide for it becomes a card a row, as on the model pages.

Each cell then carries the heading of its column, and roles keep it a table for screen readers.
Tables of the ledger's kind do this themselves (page_tables.py); those within controls are small.
"""

import re
from html import escape, unescape

TABLE = re.compile(r"<table([^>]*)>(.*?)</table>", re.S)
CLASSES = re.compile(r'class="([^"]*)"')
ROW = re.compile(r"<tr\b([^>]*)>(.*?)</tr>", re.S)
CELL = re.compile(r"<(t[hd])\b([^>]*)>(.*?)</\1>", re.S)
TAG = re.compile(r"<[^>]*>")
NUMBER = re.compile(r"[−-]?[\d.,]+\s*%?$")
KINDS = {"table", "dataframe", "ldn-cards"}  # of Markdown, of pandas, of the model pages
ROOM = 320  # px for a table on a phone of 360
LETTER, PADDING = 9, 18  # px: a letter of a table, and both sides of a cell
SENTENCE = 40  # letters; beside two other columns they would stand a word a line


def words(html):
    """The text of some HTML."""
    return " ".join(unescape(TAG.sub(" ", html)).split())


def texts(html):
    """The text of each cell, row by row."""
    return [[words(cell[3]) for cell in CELL.finditer(row[2])] for row in ROW.finditer(html)]


def too_wide(rows):
    """Whether a table of these texts would be too wide, or its columns too narrow, on a phone."""
    columns = list(zip(*rows))
    longest = [max(len(word) for text in column for word in text.split(" ")) for column in columns]
    narrowest = sum(longest) * LETTER + len(columns) * PADDING
    sentences = len(columns) > 2 and any(len(text) > SENTENCE for row in rows for text in row)
    return sentences or narrowest > ROOM


def cards(table):
    """A table (a match) that becomes cards on a phone, if it is too wide or was meant to be."""
    attributes, inside = table[1], table[2]
    found = CLASSES.search(attributes)
    classes = found[1].split() if found else []
    head, cut, body = inside.partition("</thead>")
    rows = texts(inside)
    if not cut or not KINDS & set(classes) or len({len(row) for row in rows}) != 1:
        return table[0]
    if "ldn-cards" not in classes and not too_wide(rows):
        return table[0]
    # pandas writes the name of the index in a row of its own, where the others are empty.
    names = [" ".join(filter(None, column)) for column in zip(*texts(head))]

    def row(line):
        columns = enumerate(names)

        def cell(one):
            (place, name), kind = next(columns), one[1]
            label = f' data-label="{escape(name)}"' if name else ""
            if name and not place and NUMBER.match(words(one[3])):
                label += " data-number"  # as the name of a card it says nothing alone
            role = "rowheader" if kind == "th" else "cell"
            return f'<{kind}{one[2]} role="{role}"{label}>{one[3]}</{kind}>'

        return f'<tr{line[1]} role="row">{CELL.sub(cell, line[2])}</tr>'

    body = ROW.sub(row, body).replace("<tbody", '<tbody role="rowgroup"')
    kept = " ".join(dict.fromkeys([*classes, "ldn-cards"]))
    attributes = CLASSES.sub(f'class="{kept}"', attributes)
    return f'<table{attributes} role="table">{head}</thead>{body}</table>'


def fit(app, pagename, templatename, context, doctree):
    """Do so in every page."""
    if "body" in context:
        context["body"] = TABLE.sub(cards, context["body"])


def setup(app):
    app.connect("html-page-context", fit, priority=970)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
