"""Forms of log-in, one's own account and the administration of accounts."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sanjian.base.identity.accounts import Grant
from sanjian.base.identity.models import Account, District, Role
from sanjian.base.identity.personal import is_id_number
from sanjian.base.registry.models import Body, InspectionObject

_REQUIRED = {"required": gettext_lazy("请填写")}


class LogInForm(forms.Form):
    """Name and password."""

    username = forms.CharField(
        label=gettext_lazy("账号"), max_length=150, error_messages=_REQUIRED,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True, "autocapitalize": "none"}),
    )  # fmt: skip
    password = forms.CharField(
        label=gettext_lazy("密码"), strip=False, max_length=4096, error_messages=_REQUIRED,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )  # fmt: skip


class CodeForm(forms.Form):
    """A code from the app, or a recovery code."""

    code = forms.CharField(
        label=gettext_lazy("动态口令"), max_length=20, error_messages=_REQUIRED,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "text", "autofocus": True, "class": "mono"}
        ),
    )  # fmt: skip


class PasswordForm(forms.Form):
    """A new password, and the present one unless it was just handed over and used."""

    present = forms.CharField(
        label=gettext_lazy("现在的密码"), strip=False, error_messages=_REQUIRED,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )  # fmt: skip
    new = forms.CharField(
        label=gettext_lazy("新密码"), strip=False, error_messages=_REQUIRED,
        help_text=gettext_lazy("至少 10 位，不能太常见，不能与最近 5 次相同"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip
    again = forms.CharField(
        label=gettext_lazy("再输一遍新密码"), strip=False, error_messages=_REQUIRED,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip

    def __init__(self, account: Account, data: Any = None) -> None:
        super().__init__(data)
        self.account = account

    def clean_present(self) -> str:
        """The present password must be right."""
        if not self.account.check_password(self.cleaned_data["present"]):
            raise ValidationError(_("现在的密码不对"))
        return self.cleaned_data["present"]

    def clean_new(self) -> str:
        """The rules of settings."""
        validate_password(self.cleaned_data["new"], self.account)
        return self.cleaned_data["new"]

    def clean(self) -> dict[str, Any]:
        """Both times the same."""
        given = super().clean() or {}
        if given.get("new") and given.get("again") and given["new"] != given["again"]:
            self.add_error("again", _("两次输入的新密码不一样"))
        return given


class AccountForm(forms.Form):
    """A new account, or a correction of who it is."""

    username = forms.SlugField(
        label=gettext_lazy("账号"), max_length=60, help_text=gettext_lazy("字母、数字、- 和 _，登录时用"),
        error_messages=_REQUIRED | {"invalid": gettext_lazy("只能用字母、数字、- 和 _")},
    )  # fmt: skip
    display_name = forms.CharField(label=gettext_lazy("姓名"), max_length=60, error_messages=_REQUIRED)
    id_number = forms.CharField(
        label=gettext_lazy("身份证号"), max_length=18, required=False,
        help_text=gettext_lazy("加密保存。管理员账号必填，用来核对三员不是同一人"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "mono"}),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, account: Account | None = None) -> None:
        super().__init__(data, initial={"display_name": account.display_name} if account else None)
        if account:
            del self.fields["username"]
            self.fields["id_number"].help_text = _("留空则不改。加密保存")

    def clean_id_number(self) -> str:
        """GB 11643-1999: 17 digits and a check character."""
        number = self.cleaned_data["id_number"].strip().upper()
        if number and not is_id_number(number):
            raise ValidationError(_("不是有效的 18 位身份证号，请核对"))
        return number


def _roles() -> list[tuple[str, str]]:
    return [("", _("请选择")), *((role.value, _(role.label)) for role in Role)]


class GrantForm(forms.Form):
    """What an account may do and see, and why."""

    role = forms.ChoiceField(label=gettext_lazy("角色"), choices=_roles, error_messages=_REQUIRED)
    district = forms.ModelChoiceField(
        District.objects.all(), label=gettext_lazy("辖区"), required=False, help_text=gettext_lazy("全市人员选全市")
    )
    body = forms.ModelChoiceField(
        Body.objects.all(), label=gettext_lazy("机构"), required=False, help_text=gettext_lazy("须在所选辖区内")
    )
    inspection_object = forms.CharField(
        label=gettext_lazy("所属检查对象"), required=False, max_length=40,
        help_text=gettext_lazy("被监管单位账号填统一社会信用代码，其他角色留空"),
        widget=forms.TextInput(attrs={"class": "mono"}),
    )  # fmt: skip
    reason = forms.CharField(
        label=gettext_lazy("理由"),
        max_length=400,
        error_messages=_REQUIRED,
        help_text=gettext_lazy("审批单号或事由，写入审计"),
    )

    def __init__(self, data: Any = None, *, account: Account) -> None:
        code = ""
        if account.inspection_object_id:
            found = InspectionObject.objects.filter(pk=account.inspection_object_id).values_list(
                "credit_code", flat=True
            )
            code = found.first() or ""
        initial = {
            "role": account.role, "district": account.district_id, "body": account.body_id, "inspection_object": code
        }  # fmt: skip
        super().__init__(data, initial=initial)

    def clean_inspection_object(self) -> int | None:
        """The object's id by its code."""
        code = self.cleaned_data["inspection_object"].strip().upper()
        if not code:
            return None
        found = InspectionObject.objects.filter(credit_code=code).values_list("pk", flat=True).first()
        if found is None:
            raise ValidationError(_("登记库里没有这个统一社会信用代码"))
        return int(found)

    def grant(self) -> Grant:
        """What was chosen."""
        given = self.cleaned_data
        district = given["district"].pk if given["district"] else None
        return Grant(given["role"], district, given["body"], given["inspection_object"])


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=gettext_lazy("理由"), max_length=400, error_messages=_REQUIRED)


class SsoForm(ReasonForm):
    """Which person of the single sign-on."""

    sso_subject = forms.CharField(
        label=gettext_lazy("统一认证标识"), max_length=200, required=False, help_text=gettext_lazy("留空则解除绑定")
    )
    field_order = ["sso_subject", "reason"]
