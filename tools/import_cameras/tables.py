"""Any file as a table: a header, and rows with their numbers."""

import io

from . import delimited, documents, kml, sheets
from .source import kind_of
from .text import Lines
from .titles import is_known


def open_table(source, chosen_titles=()):
    """The table of a Source. Its members:

    header    the titles
    rows()    yields (number, fields, None), or (number, fields, reason) for
              what is no row
    what      what the number counts: line, row, feature, placemark
    format    what the file is, in words
    notes     sentences about how it was read
    finish()  more of them, once all rows were read

    chosen_titles are known beside those of titles.py. Raises Refused."""
    wanted = {title.casefold() for title in chosen_titles}

    def known(title):
        return title.strip().casefold() in wanted or is_known(title)
    kind = kind_of(source)
    if kind == 'zip':
        return sheets.open_zip(source.again(), known)
    if kind == 'json':
        return documents.open_json(source)
    if kind == 'kml':
        return kml.Kml(source.again)
    file = source.again()
    file.seek(source.mark)
    return delimited.Delimited(
        Lines(io.BufferedReader(documents.Unclosed(file)), source.head, source.encoding,
              source.mark), known)
