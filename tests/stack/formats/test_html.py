"""The page, as text and in a real browser."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from winarm.stack.formats import html
from winarm.stack.report import ReportDifference, StackReport, Status, StatusChange

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import NoReturn

    Lacking = Callable[[str, str], NoReturn]

CHANGES = ReportDifference("2026-10-01", 0.5, (StatusChange("a", Status.RUST, Status.READY),))


def test_the_page_asks_nothing_of_the_network(report: StackReport) -> None:
    page = html.render(report, CHANGES)

    assert re.findall(r"""(?:src|srcset)=|@import|url\(|<link""", page) == []
    assert "default-src 'none'" in page


def test_text_of_others_is_escaped(report: StackReport) -> None:
    assert "<script>alert" not in html.render(report)


def test_every_package_has_its_row_and_its_evidence(report: StackReport) -> None:
    page = html.render(report)

    assert page.count("<tr data-status=") == len(report.packages)
    assert "a-1-cp39-abi3-win_arm64.whl" in page
    assert "winarm build &#39;b==1&#39; --python 3.13" in page


@pytest.mark.integration
def test_a_browser_filters_and_sorts(report: StackReport, tmp_path: Path, lacking: Lacking) -> None:
    browser = (
        shutil.which("chromium")
        or shutil.which("chromium-browser")
        or lacking("chromium", "apt-get install chromium")
    )
    act = """
<script>
document.querySelector("#cards button[data-status=buildable]").click();
const shown = () => [...document.querySelectorAll("#packages tbody tr")]
  .filter(row => !row.hidden).map(row => row.cells[0].textContent).join(",");
const results = [shown()];
document.querySelector("#cards button[data-status=buildable]").click();
filter.value = "pq"; filter.dispatchEvent(new Event("input")); results.push(shown());
filter.value = ""; filter.dispatchEvent(new Event("input"));
const heads = document.querySelectorAll("#packages th button");
heads[0].click(); heads[0].click(); results.push(shown().split(",")[0]);
heads[3].click(); heads[3].click(); results.push(shown().split(",")[0]);
document.title = results.join(" / ");
</script></body>"""
    page = tmp_path / "page.html"
    page.write_text(html.render(report, CHANGES).replace("</body>", act), "utf-8")

    dom = subprocess.run(
        [
            browser,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
            f"--user-data-dir={tmp_path / 'profile'}",
            "--dump-dom",
            page.as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    ).stdout

    title = re.search("<title>(.*?)</title>", dom)
    assert title is not None
    assert title[1] == "b / b / z-unknown / b"
