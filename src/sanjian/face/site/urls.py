"""One line per capability: where its pages and its API begin."""

from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from . import appearance, pages

urlpatterns: list[URLPattern | URLResolver] = [
    path("language/", login_not_required(set_language), name="set_language"),
    path("appearance/", appearance.choose, name="appearance"),
    path("healthz", pages.healthz, name="healthz"),
    path("search/", pages.search, name="search"),
    path("", include("sanjian.face.cockpit.urls")),
    path("", include("sanjian.face.accounts.urls")),
    path("", include("sanjian.face.registers.urls")),
    path("", include("sanjian.watch.sources.urls")),
    path("clues/", include("sanjian.act.clues.urls")),
    path("inspections/", include("sanjian.act.inspections.urls")),
    path("code/", include("sanjian.act.inspections.public_urls")),
]

handler403 = "sanjian.face.site.problems.forbidden"
handler404 = "sanjian.face.site.problems.not_found"
handler500 = "sanjian.face.site.problems.failed"
