"""Error pages: what happened, what still works, what to do. 404 also stands for what a person may not know of."""

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - the name is Django's
    """404."""
    return _problem(request, 404, _("没有这一页"), _("地址可能写错了，或者这条记录不在您的辖区和职责之内。"))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - the name is Django's
    """403."""
    return _problem(request, 403, _("您的角色不能做这件事"), _("如果工作需要，请联系系统管理员调整角色或辖区。"))


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - the name is Django's
    """403 for a form whose token no longer fits: the person did nothing wrong."""
    return _problem(request, 403, _("页面已过期"), _("这一页打开得太久，请返回、刷新后再提交一次；已填内容请先复制。"))


def failed(_request: HttpRequest) -> HttpResponse:
    """500. Renders without the request's context, which may be what failed."""
    why = _("问题已记录。数据接入不受影响，请稍后重试。")
    return HttpResponse(
        render_to_string("site/problem.html", {"title": _("这一页没能打开"), "why": why, "code": 500}), status=500
    )


def _problem(request: HttpRequest, code: int, title: str, why: str) -> HttpResponse:
    if getattr(request, "htmx", False):
        return HttpResponse(title, status=code, content_type="text/plain; charset=utf-8")
    body = render_to_string("site/problem.html", {"title": title, "why": why, "code": code}, request)
    return HttpResponse(body, status=code)
