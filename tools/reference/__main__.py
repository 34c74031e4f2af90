"""Writes the generated pages, and removes those of behaviors that are gone."""

from tools.reference import FOLDER, pages

written = {FOLDER / path: text for path, text in pages()}
for path, text in written.items():
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
for path in (FOLDER / "behaviors").glob("*.md"):
    if path not in written:
        path.unlink()
print(f"{len(written)} pages in {FOLDER}")
