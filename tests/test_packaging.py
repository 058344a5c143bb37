"""What is installed: one import name, all of its packages and data, and nothing slow on import."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest

import extract

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
SETUPTOOLS = PROJECT["tool"]["setuptools"]
LINKED = {"schemas", "prompts", "evals"}
DATA = {"extract/py.typed", "extract/engines/llm/prices.toml"}
NOT_COPIED = (".git", ".venv", "__pycache__", "*.egg-info", "build", "dist", ".*_cache", ".hypothesis")
HEAVY = (
    "babel charset_normalizer diskcache docx dotenv httpx2 instructor lxml numpy openai phonenumbers platformdirs py3langid "
    "pyarrow pydantic_settings pypdfium2 rapidfuzz rich rs_bpe scipy tenacity typer"
).split()


def on_disk(pattern: str) -> Iterator[PurePosixPath]:
    """The files of the package as they are imported: "extract/schemas/job_posting.py" for schemas/job_posting.py."""
    for path in (ROOT / "extract").rglob(pattern):
        if not LINKED & set(path.relative_to(ROOT).parts[1:2]):
            yield PurePosixPath(path.relative_to(ROOT).as_posix())
    for folder in LINKED:
        for path in (ROOT / folder).rglob(pattern):
            yield PurePosixPath("extract") / PurePosixPath(path.relative_to(ROOT).as_posix())


def data_on_disk() -> set[str]:
    """The files that are no code and have to be installed."""
    vocabulary = {str(path) for path in on_disk("*.*") if path.parent.name == "vocabulary" and path.suffix != ".py"}
    prompts = {str(path) for path in on_disk("*.md") if "prompts" in path.parts}
    pages = {
        str(path)
        for path in on_disk("*.*")
        if path.parent.name in {"review", "report"} and path.suffix in {".html", ".css", ".js"}
    }
    gold = {
        f"extract/{path.relative_to(ROOT).as_posix()}"
        for case in (ROOT / "evals" / "gold").iterdir()
        for path in case.iterdir()
        if path.name in {"input.txt", "expected.json", "note.md"}
    }
    return DATA | vocabulary | prompts | pages | gold


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel, built from the sdist as an index would get them; no network: setuptools is the one of this environment."""
    folder = tmp_path_factory.mktemp("packaging")
    checkout = folder / "checkout"
    shutil.copytree(ROOT, checkout, symlinks=True, ignore=shutil.ignore_patterns(*NOT_COPIED))
    built = subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder / "dist"), str(checkout)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PIP_NO_INDEX": "1"},
    )
    assert built.returncode == 0, built.stdout[-2000:] + built.stderr[-2000:]
    (path,) = (folder / "dist").glob("*.whl")
    return zipfile.ZipFile(path)


def test_every_package_on_disk_is_listed() -> None:
    """A folder with an __init__.py that pyproject.toml does not list would be missing after an install."""
    assert sorted(SETUPTOOLS["packages"]) == sorted(".".join(path.parent.parts) for path in on_disk("__init__.py"))


def test_every_folder_with_code_is_a_package() -> None:
    """A folder with modules but without an __init__.py would not be installed."""
    assert {path.parent for path in on_disk("*.py")} == {path.parent for path in on_disk("__init__.py")}


@pytest.mark.parametrize("name", sorted(LINKED))
def test_links_show_what_the_mapping_builds(name: str) -> None:
    """The link inside of extract/ and the mapping in pyproject.toml lead to the same folder."""
    assert (ROOT / "extract" / name).readlink() == Path("..", name)
    assert SETUPTOOLS["package-dir"][f"extract.{name}"] == name


def test_wheel_holds_all_code_and_data_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    """Every module, vocabulary, prompt and gold file is in the wheel; tests and stray files are not."""
    installed = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert installed == {str(path) for path in on_disk("*.py")} | data_on_disk()


def test_wheel_installs_one_import_name(wheel: zipfile.ZipFile) -> None:
    """``schemas``, ``prompts`` and ``evals`` are no names of their own once installed."""
    assert {name.split("/")[0] for name in wheel.namelist() if ".dist-info/" not in name} == {"extract"}


def test_wheel_brings_licence_and_command(wheel: zipfile.ZipFile) -> None:
    """The metadata names the licence, and the console script leads to the command line."""
    info = f"extract_service-{PROJECT['project']['version']}.dist-info"
    assert "MIT License" in wheel.read(f"{info}/licenses/LICENSE").decode()
    assert "License-Expression: MIT" in wheel.read(f"{info}/METADATA").decode()
    assert "extract = extract.cli:main" in wheel.read(f"{info}/entry_points.txt").decode()


def test_wheel_works_from_an_empty_folder(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    """What the wheel unpacks to is imported whole, its schemas and vocabulary included, without the checkout."""
    wheel.extractall(tmp_path)
    check = "import extract, extract.schemas.job_posting, extract.vocabulary as v; v.load('headings'); print(extract.__file__)"
    done = subprocess.run(
        [sys.executable, "-c", check],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert Path(done.stdout.strip()).parent == tmp_path / "extract"


def test_import_loads_nothing_slow() -> None:
    """``import extract`` costs what Pydantic costs: no model client, no command line, no table of the world."""
    check = f"import sys, extract; print(sorted(set({HEAVY}) & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", check], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, check=True
    )
    assert done.stdout.decode().strip() == "[]"


def test_public_names_are_sorted_and_there() -> None:
    """``extract.__all__`` is sorted, without doubles, and each name can be imported."""
    assert list(extract.__all__) == sorted(set(extract.__all__))
    assert [name for name in extract.__all__ if not hasattr(extract, name)] == []
