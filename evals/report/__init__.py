"""Runs beside each other as one page: figures, fields, cost beside quality, and each wrong cell in its document.

``study`` is what there is to show and ``differences`` the cells that are not right; ``matrix``, ``changes``, ``heat_map``,
``plot`` and ``documents`` (with ``cells``, ``values`` and ``words``) are the sections, ``filters`` chooses among documents,
``page`` puts them together. The panes are those of ``extract.review``.
"""

from extract.evals.report.page import report_page

__all__ = ["report_page"]
