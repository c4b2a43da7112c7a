"""The report of one or several runs as one HTML file that needs no network, no server and no other file."""

from escalade.report.html.build import Built, Choices, build_report

__all__ = ["Built", "Choices", "build_report"]
