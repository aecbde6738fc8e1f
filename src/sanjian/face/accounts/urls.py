"""Addresses of log-in, second factor, sessions, accounts and the audit trail."""

from django.urls import URLPattern, path

from . import administration, audit_pages, factors, log_in, my_account, sso

urlpatterns: list[URLPattern] = [
    path("login/", log_in.log_in, name="login"),
    path("login/second/", log_in.second_step, name="second_step"),
    path("login/passkey/options/", log_in.passkey_options, name="passkey_options"),
    path("login/passkey/", log_in.passkey_log_in, name="passkey_log_in"),
    path("login/sso/", sso.Start.as_view(), name="oidc_authentication_init"),
    path("login/sso/callback/", sso.Callback.as_view(), name="oidc_authentication_callback"),
    path("logout/", log_in.log_out, name="logout"),
    path("account/", my_account.account, name="account"),
    path("account/password/", my_account.password, name="password"),
    path("account/sessions/end/", my_account.sessions_end, name="sessions_end"),
    path("account/confirm/", log_in.confirm, name="confirm"),
    path("account/authenticator/", factors.authenticator, name="authenticator"),
    path("account/authenticator/remove/", factors.authenticator_remove, name="authenticator_remove"),
    path("account/recovery-codes/", factors.recovery_codes, name="recovery_codes"),
    path("account/passkeys/new/", factors.passkey_new, name="passkey_new"),
    path("account/passkeys/options/", factors.passkey_new_options, name="passkey_new_options"),
    path("account/passkeys/<int:pk>/remove/", factors.passkey_remove, name="passkey_remove"),
    path("accounts/", administration.account_list, name="accounts"),
    path("accounts/new/", administration.account_new, name="account_new"),
    path("accounts/lock-outs/", administration.lock_outs, name="lock_outs"),
    path("accounts/lock-outs/<slug:digest>/unlock/", administration.unlock, name="unlock"),
    path("accounts/<int:pk>/", administration.account_page, name="account_page"),
    path("accounts/<int:pk>/<slug:act>/", administration.account_act, name="account_act"),
    path("audit/", audit_pages.trail, name="audit"),
    path("audit/export.csv", audit_pages.trail_csv, name="audit_csv"),
    path("audit/chain.jsonl", audit_pages.trail_chain, name="audit_chain"),
    path("audit/verify/", audit_pages.trail_verify, name="audit_verify"),
]
