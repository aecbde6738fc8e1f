"""Running a benchmark of the checkout's `bench/` folder by its name."""

import importlib.util
import json
import sys
from pathlib import Path

from sanjian.base.config import PROJECT_ROOT

FOLDER = PROJECT_ROOT / "bench"


def names() -> list[str]:
    """The benchmarks that exist, as they are called on the command line."""
    return sorted(p.stem.replace("_", "-") for p in FOLDER.glob("*.py") if not p.stem.startswith("_"))


def run(name: str, arguments: list[str]) -> int:
    """Run one benchmark and print its figures as one JSON line, last. Returns the exit status."""
    if name == "list":
        print("\n".join(names()))
        return 0
    path = FOLDER / f"{name.replace('-', '_')}.py"
    if name not in names():
        print(f"没有名为 {name} 的基准；现有：{'、'.join(names())}", file=sys.stderr)
        return 2
    figures = _load(path).run(arguments)  # type: ignore[attr-defined]
    print(json.dumps({"bench": name, **figures}, ensure_ascii=False))
    return 0


def _load(path: Path) -> object:
    sys.path.insert(0, str(PROJECT_ROOT))  # benches may share helpers as `bench._name`
    specification = importlib.util.spec_from_file_location(f"bench.{path.stem}", path)
    if specification is None or specification.loader is None:
        raise ImportError(str(path))
    module = importlib.util.module_from_spec(specification)
    sys.modules[specification.name] = module
    specification.loader.exec_module(module)
    return module
