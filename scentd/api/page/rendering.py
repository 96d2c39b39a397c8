"""Templates made ready once: autoescaped, strict about names, with the page's own assets."""

from collections.abc import Mapping
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined

from scentd.api.page.assets import Assets


class Renderer:
    """Render the package's templates."""

    def __init__(self, assets: Assets) -> None:
        self._environment = Environment(
            loader=PackageLoader("scentd.api.page", "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._environment.globals["asset"] = assets.url
        self._environment.filters["path"] = path_part

    def render(self, template: str, context: Mapping[str, object]) -> str:
        """Give the text of a template; raises for a name it is not given."""
        return self._environment.get_template(template).render(context)


def path_part(text: str) -> str:
    """Write any text as one part of a path."""
    return quote(text, safe="")
