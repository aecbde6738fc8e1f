"""People to log in as: invented, one for each kind of work."""

from dataclasses import dataclass

PASSWORD = "sanjian-demo-2026"  # noqa: S105 - the public password of invented people, on loopback only


@dataclass(frozen=True, slots=True)
class Person:
    """One account.

    Args:
        role: value of `identity.Role`.
        district: None for whoever belongs to an object.
        is_at_home: whether they work in the district of the city's story, and not in `district`.
    """

    username: str
    name: str
    role: str
    about: str
    district: str | None = None
    certificate_no: str = ""
    is_at_home: bool = False


PEOPLE = (
    Person("li", "李管", "supervisor", "监管，全市：研判线索，派发执法", "310000"),
    Person("zhao", "赵执", "enforcer", "执法，案发区：领检查码，现场检查", None, "沪环执 0101001", is_at_home=True),
    Person("qian", "钱法", "enforcer", "执法，案发区：同行检查人员", None, "沪环执 0101002", is_at_home=True),
    Person("sun", "孙邻", "enforcer", "执法，另一区：看不到案发区的线索", "310114", "沪环执 0101003"),
    Person("wang", "王测", "monitor", "监测，全市：看数据、审核有效性", "310000"),
    Person("chen", "陈企", "enterprise", "案发企业：看预警、作说明"),
    Person("zhou", "周维", "operator", "系统管理：网关、隔离区、未登记设备", "310000"),
    Person("zheng", "郑安", "security", "安全管理：授权、启用和停用账号、解锁", "310000"),
    Person("wu", "吴审", "auditor", "审计：只读，核对审计链", "310000"),
)
