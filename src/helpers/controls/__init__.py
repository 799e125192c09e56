"""The living controls of the book, one module a chapter: each function returns an `Explorer`."""
