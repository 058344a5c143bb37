"""The report of a batch as files in a folder."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryFile

from pydantic import BaseModel

from extract.batch.report.figures import figures_of
from extract.batch.report.index import index_page
from extract.batch.report.pages import INDEX, OPTION, Contents, Lines, write_pages
from extract.errors import UsageError
from extract.review.folder import check_page, write_page


def write_report(
    lines: Lines, folder: Path, *, contents: Contents, schema: type[BaseModel], max_chars: int, pages: int = 100
) -> Path:
    """The path of a page about these rows, which is written into the folder with pages of at most ``pages`` documents beside it.

    ``lines`` gives the rows as lines of JSON, the same in the same order each time it is called. ``contents`` is asked once for
    the documents at some of their places, and gives those that can still be had, in any order; where one is not what its row was
    made of, it has no page. ``max_chars`` as in ``extract``. UsageError where the folder cannot be written, or holds something
    else that would be lost. Memory stays flat however many rows there are.
    """
    check_report(folder)
    figures = figures_of(lines(), schema=schema, pages=pages)
    made = write_pages(figures.listing.paged(), folder, lines=lines, contents=contents, max_chars=max_chars)
    write_page(folder / INDEX, index_page(figures, made), option=OPTION)
    return folder / INDEX


def check_report(folder: Path) -> None:
    """Make the folder if it is not there; UsageError where no report could be written into it, before documents are read."""
    try:
        if folder.exists() and not folder.is_dir():
            raise UsageError(f"{folder} is a file, and a report needs a folder. Choose another with {OPTION}.")
        folder.mkdir(parents=True, exist_ok=True)
        TemporaryFile(dir=folder).close()
        check_page(folder / INDEX, option=OPTION)
    except OSError as error:
        raise UsageError(f"{folder}: no report can be written there: {error.strerror}. Choose another with {OPTION}.") from error
