"""The page of measurements: tables by title, in Markdown."""


class Report:
    """Tables by title, printed as they grow."""

    def __init__(self):
        self.tables = {}

    def heading(self, title, text, *columns):
        self.lines = self.tables[title] = []
        self._add(
            f"## {title}", "", text, "", self._line(columns), self._line(["---"] * len(columns))
        )

    def row(self, *cells):
        self._add(self._line(cells))

    def _line(self, cells):
        return "| " + " | ".join(map(str, cells)) + " |"

    def _add(self, *lines):
        print(*lines, sep="\n", flush=True)
        self.lines += lines

    def write(self, path, head, page):
        """Write to `path` the head, then the tables; also others of that file or, where it has
        another head, of `page`. Returns the titles that `page` has and `path` lacks."""
        titled = lambda text: {
            table.split("\n")[0]: f"## {table.strip()}" for table in text.split("\n## ")[1:]
        }
        before = [p.read_text(encoding="utf-8") for p in (path, page) if p.exists()]
        kept = next((titled(text) for text in before if text.startswith(head + "\n")), {})
        tables = kept | {title: "\n".join(lines) for title, lines in self.tables.items()}
        path.write_text("\n\n".join([head, *tables.values()]) + "\n", encoding="utf-8")
        return [title for title in titled(page.read_text(encoding="utf-8")) if title not in tables]
