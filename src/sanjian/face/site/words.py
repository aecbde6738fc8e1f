"""Labels that come from the registries' code lists, named here once so that the translations know them."""

from django.utils.translation import gettext_noop

LABELS = (
    gettext_noop("废气"),
    gettext_noop("废水"),
    gettext_noop("扬尘"),
    gettext_noop("环境空气"),
    gettext_noop("重点监管"),
    gettext_noop("一般监管"),
    gettext_noop("简易监管"),
    gettext_noop("实测值"),
    gettext_noop("折算值"),
    gettext_noop("监测"),
    gettext_noop("监管"),
    gettext_noop("执法"),
    gettext_noop("企业"),
    gettext_noop("系统管理"),
    gettext_noop("安全管理"),
    gettext_noop("审计"),
    gettext_noop("收到的每一个数据包，原样保存"),
    gettext_noop("监测数据：一行是一个点位一个因子一个时刻的一次上报"),
    gettext_noop("不能读取或不能认领的数据包，连同原因"),
)
"""Media, supervision, basis, roles, streams."""
