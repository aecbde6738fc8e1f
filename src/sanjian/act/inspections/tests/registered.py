"""The officers of the cast in the register: a body in each district, certificates, and the claim to every item."""

from datetime import date

from sanjian.act.clues.tests.cast import Cast
from sanjian.base.identity.models import Account
from sanjian.base.registry.models import Body, Certificate, InspectionItem, Officer, Power

FIRST_DAY = date(2025, 1, 1)


def register_officers(cast: Cast) -> None:
    """Register the three officers, each with the body of their district."""
    for number, account in enumerate((cast.officer, cast.second_officer, cast.next_district_officer), 1):
        body, _ = Body.objects.get_or_create(
            code=f"bureau-{account.district_id}",
            defaults={
                "name": f"{account.district.name}生态环境局",
                "department": Body.Department.ENFORCEMENT,
                "territory": account.district,
            },
        )
        register_officer(account, body, number)
    claim_all()


def register_officer(account: Account, body: Body, number: int) -> Officer:
    """One officer with a certificate that was checked this year."""
    officer = Officer.objects.create(body=body, account=account, staff_no=f"E{number:04d}", name=account.display_name)
    Certificate.objects.create(
        officer=officer,
        certificate_no=account.certificate_no or f"沪C{number:04d}",
        territory=body.territory,
        issued_on=FIRST_DAY,
        checked_on=date(2026, 3, 1),
        valid_from=FIRST_DAY,
        valid_to=date(2029, 12, 31),
    )
    return officer


def claim_all() -> None:
    """Every body claims every item that there is."""
    held = set(Power.objects.values_list("body_id", "item_id"))
    Power.objects.bulk_create(
        Power(body=body, item=item, valid_from=FIRST_DAY)
        for body in Body.objects.all()
        for item in InspectionItem.objects.all()
        if (body.pk, item.pk) not in held
    )
