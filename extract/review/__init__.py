"""Pages on which a person checks records against their documents: text in, HTML out. Nothing is read or written here.

``stored`` is a result without its schema; ``rows`` is what there is to show of it, ``pieces`` cuts its spans; ``source_pane`` and
``record_pane`` are the two sides of a page, ``page`` and ``index`` put them together; ``markup`` escapes.
"""

from extract.review.index import IndexRow, index_page
from extract.review.page import GENERATOR, review_page
from extract.review.stored import StoredResult

__all__ = ["GENERATOR", "IndexRow", "StoredResult", "index_page", "review_page"]
