"""The living controls of the book, one module a chapter.

Each function returns an `Explorer`.
"""
