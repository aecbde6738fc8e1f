"""What people fill in: a file, a decision, a source."""

import re
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sanjian.base.identity.models import Account
from sanjian.base.registry.models import DataSource, Register
from sanjian.base.registry.updates import services
from sanjian.base.registry.updates.columns import SPECS
from sanjian.base.registry.updates.readers import MOST_BYTES

_SCHEMES: dict[str, set[str]] = {
    DataSource.Kind.HTTP: {"http", "https"},
    DataSource.Kind.DATABASE: {"postgresql", "postgres", "sqlite"},
}
_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class UploadForm(forms.Form):
    """A file for a register."""

    register = forms.ChoiceField(label=gettext_lazy("登记库"))
    file = forms.FileField(
        label=gettext_lazy("文件"),
        help_text=gettext_lazy("xlsx、CSV（UTF-8 或 GBK）或 JSON，最大 20 MB、20 万行"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt,.json"}),
    )
    valid_from = forms.DateField(
        label=gettext_lazy("自哪天起如此"),
        widget=_DAY,
        help_text=gettext_lazy("文件里的情况从这一天开始成立"),
    )

    def __init__(self, actor: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["register"].choices = [  # type: ignore[attr-defined]
            (value, _(label)) for value, label in Register.choices if services.keeps(actor, value)
        ]
        self.fields["valid_from"].initial = timezone.localdate()

    def clean_file(self) -> Any:
        """Not above the limit, before a byte of it is read into memory."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("文件超过 %(mb)d MB，请分成几个文件") % {"mb": MOST_BYTES // 1024 // 1024})
        return file

    def clean_valid_from(self) -> Any:
        """Between 1949 and a year ahead: a slip of the keyboard would otherwise rewrite history."""
        day = self.cleaned_data["valid_from"]
        if not 1949 <= day.year <= timezone.localdate().year + 1:
            raise forms.ValidationError(_("日期不合常理，请核对"))
        return day


class ReasonForm(forms.Form):
    """Why something is taken back."""

    reason = forms.CharField(
        label=gettext_lazy("理由"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


class DecisionForm(ReasonForm):
    """Whether two objects are one."""

    verdict = forms.ChoiceField(
        label=gettext_lazy("判断"), choices=[("same", ""), ("different", "")], widget=forms.RadioSelect
    )
    survivor = forms.IntegerField(label=gettext_lazy("保留哪一个"), required=False, widget=forms.RadioSelect)


class SourceForm(forms.ModelForm):
    """A source. Its secret is written, never shown: an empty field keeps what is stored."""

    secret = forms.CharField(
        label=gettext_lazy("凭据"),
        required=False,
        max_length=2000,
        widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("令牌或密码，加密保存，不再显示；留空则不变"),
    )
    columns = forms.CharField(
        label=gettext_lazy("字段对应"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text=gettext_lazy("每行一个：来源字段 = 登记库列名，如 ENT_NAME = 名称"),
    )

    class Meta:
        model = DataSource
        fields = (
            "code", "name", "kind", "register", "address", "query", "token_header", "secret", "columns",
            "interval_minutes", "is_trusted", "rank",
        )  # fmt: skip
        widgets = {"query": forms.Textarea(attrs={"rows": 4, "spellcheck": "false"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [k for k in DataSource.Kind.choices if k[0] in (DataSource.Kind.HTTP, DataSource.Kind.DATABASE)]
        if self.instance.pk and self.instance.kind not in dict(kinds):
            kinds = [(self.instance.kind, self.instance.get_kind_display())]
        self.fields["kind"].choices = [(value, _(label)) for value, label in kinds]  # type: ignore[attr-defined]
        self.fields["register"].choices = [  # type: ignore[attr-defined]
            (value, _(label)) for value, label in Register.choices
        ]
        self.fields["token_header"].required = False
        self.initial["secret"] = ""
        self.initial["columns"] = "\n".join(f"{theirs} = {ours}" for theirs, ours in self.instance.columns.items())
        if self.instance.pk:
            self.fields["code"].disabled = True

    def clean_secret(self) -> str:
        """An empty field keeps the stored secret."""
        return self.cleaned_data["secret"] or self.instance.secret

    def clean_token_header(self) -> str:
        """A header name, or none."""
        header = self.cleaned_data["token_header"] or "Authorization"
        if not re.fullmatch(r"[A-Za-z0-9-]{1,60}", header):
            raise forms.ValidationError(_("请求头名只含字母、数字和连字符"))
        return header

    def clean_columns(self) -> dict[str, str]:
        """Lines as a mapping to our own titles."""
        found: dict[str, str] = {}
        spec = SPECS.get(str(self.data.get("register", "")), SPECS[Register.OBJECTS])
        for line in self.cleaned_data["columns"].splitlines():
            if not line.strip():
                continue
            theirs, sign, ours = (part.strip() for part in line.partition("="))
            if not sign or not theirs or spec.heads([ours]) == [None]:
                raise forms.ValidationError(_("看不懂这一行：%(line)s") % {"line": line})
            found[theirs] = ours
        return found

    def clean(self) -> dict[str, Any]:
        """The address fits the kind; no password in it."""
        cleaned = super().clean() or {}
        kind, address = cleaned.get("kind", ""), cleaned.get("address", "")
        schemes = _SCHEMES.get(kind, set())
        try:
            parts = urlsplit(address)
            has_password = bool(parts.password)
        except ValueError:
            parts, has_password = urlsplit(""), False
        if schemes and parts.scheme not in schemes:
            self.add_error(
                "address", _("地址应以 %(schemes)s 开头") % {"schemes": "、".join(f"{s}://" for s in sorted(schemes))}
            )
        if has_password:
            self.add_error("address", _("地址里不要写密码，请填在凭据里"))
        if kind == DataSource.Kind.DATABASE and not cleaned.get("query", "").strip():
            self.add_error("query", _("请填写 SELECT 语句"))
        interval = cleaned.get("interval_minutes")
        if interval is not None and not 5 <= interval <= 525_600:
            self.add_error("interval_minutes", _("间隔至少 5 分钟"))
        if cleaned.get("rank") is not None and not 1 <= cleaned["rank"] <= 9:
            self.add_error("rank", _("可信次序应在 1 到 9 之间"))
        return cleaned
