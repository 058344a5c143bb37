"""What came of a batch as one page, and pages beside it on which documents are checked.

``figures`` is what there is to tell, counted in one pass over the rows, with ``coverage`` by field and ``listing`` by document;
``kept`` bounds what is kept of many. ``index`` puts the page together from ``sections`` and ``drawings``, ``pages`` makes those
of documents, ``writing`` writes both.
"""

from extract.batch.report.figures import Figures, figures_of
from extract.batch.report.writing import check_report, write_report

__all__ = ["Figures", "check_report", "figures_of", "write_report"]
