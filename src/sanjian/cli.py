"""The `sanjian` command. Every entry is thin: it sets Django up where needed and calls a plain function of a
capability.

Imports are inside the functions on purpose: `sanjian --help` must not load half the platform.
"""

import os
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    help="三监联动：城市生态环境数字监管平台", no_args_is_help=True, add_completion=False, rich_markup_mode=None
)
screen_app = typer.Typer(help="筛查规则：列出、说明、在文件上运行", no_args_is_help=True)
finding_app = typer.Typer(help="预警：复核、导出", no_args_is_help=True)
audit_app = typer.Typer(help="审计链", no_args_is_help=True)
city_app = typer.Typer(help="模拟城市：建城、运行、打分", no_args_is_help=True)
lake_app = typer.Typer(help="数据湖", no_args_is_help=True)
registry_app = typer.Typer(help="四大基础库：核对标识、导入、报告", no_args_is_help=True)
for name, part in {
    "screen": screen_app, "finding": finding_app, "audit": audit_app, "city": city_app, "lake": lake_app,
    "registry": registry_app,
}.items():  # fmt: skip
    app.add_typer(part, name=name)

Json = Annotated[bool, typer.Option("--json", help="最后一行输出一个 JSON 对象")]


def _django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sanjian.face.site.settings")
    import django

    django.setup()


# -- processes --------------------------------------------------------------------------------------------------


@app.command()
def up(demo: Annotated[bool, typer.Option("--demo", help="同时让一座模拟小城活起来，建立演示账号")] = False) -> None:
    """启动全部：网关、网站、后台（加 --demo 再加一座模拟小城）。"""
    from sanjian import processes

    raise typer.Exit(processes.up(demo=demo))


@app.command()
def init() -> None:
    """建立或升级数据库，载入行政区、因子、依据、检查事项。可反复运行。"""
    _django()
    from django.core.management import call_command

    from sanjian.base.registry.services import load_code_lists

    call_command("migrate", verbosity=0, interactive=False)
    load_code_lists()


@app.command()
def gateway(
    host: Annotated[str | None, typer.Option(help="监听地址，默认 SANJIAN_GATEWAY_HOST")] = None,
    port: Annotated[int | None, typer.Option(help="端口，默认 SANJIAN_HJ212_PORT")] = None,
    protocol: Annotated[str, typer.Option(help="协议")] = "hj212",
) -> None:
    """接收设备数据，写入数据湖后才应答。"""
    _django()
    from sanjian.base.sensing.gateway_commands import gateway as run

    run(host=host, port=port, protocol=protocol)


@app.command()
def web() -> None:
    """网站（ASGI）。"""
    from sanjian import processes

    raise typer.Exit(processes.web())


@app.command()
def worker() -> None:
    """后台：运行筛查规则，整理数据湖。"""
    _django()
    from sanjian.base.screening.worker import main

    main()


# -- data in ----------------------------------------------------------------------------------------------------


@app.command()
def decode(
    protocol: Annotated[str, typer.Argument(help="协议：hj212")],
    source: Annotated[str, typer.Argument(help="文件、十六进制或 ## 开头的数据包")],
    as_json: Json = False,
) -> None:
    """解释一个数据包，或检查整个文件。"""
    from sanjian.base.sensing.commands import decode as run

    run(protocol, source, as_json)


@app.command()
def replay(
    file: Annotated[Path, typer.Argument(help="数据包文件（jsonl、文本）或真实排放数据集（parquet、csv）")],
    to: Annotated[str, typer.Option("--to", help="主机:端口")] = "127.0.0.1:9212",
    speed: Annotated[str, typer.Option(help="相对实际的倍数，max 为尽快")] = "max",
    mn: Annotated[str, typer.Option(help="数据集转成数据包时用的设备标识 MN")] = "",
    start: Annotated[str, typer.Option(help="数据集第一行的时间，默认使最后一行落在当前")] = "",
    as_json: Json = False,
) -> None:
    """把记录的数据包或真实数据集发给网关。"""
    from sanjian.base.sensing.replay_commands import replay as run

    run(file, to=to, speed=speed, mn=mn, start=start, as_json=as_json)


# -- screens and findings ---------------------------------------------------------------------------------------


@screen_app.command("list")
def screen_list() -> None:
    """列出筛查规则。"""
    _screens()
    from sanjian.base.screening import commands

    commands.screen_list()


@screen_app.command("describe")
def screen_describe(name: str) -> None:
    """说明一条规则（或一族规则）：看什么、参数、输入列。"""
    _screens()
    from sanjian.base.screening import commands

    commands.screen_describe(name)


@screen_app.command("run")
def screen_run(
    name: Annotated[str, typer.Argument(help="规则名或族名，如 sources.exceedance、sources")],
    readings: Annotated[Path, typer.Option("--input", "--readings", help="监测数据文件：csv、parquet、json")],
    output: Annotated[Path, typer.Option("--output", help="预警写到这个文件：csv、parquet、json")],
    points: Annotated[Path | None, typer.Option(help="点位表")] = None,
    limits: Annotated[Path | None, typer.Option(help="限值表")] = None,
    factors: Annotated[Path | None, typer.Option(help="因子表")] = None,
    parameter: Annotated[list[str] | None, typer.Option("--parameter", "-p", help="参数=值，可多次")] = None,
    now: Annotated[str, typer.Option(help="判断时刻，默认为数据中最新的时间")] = "",
    as_json: Json = False,
) -> None:
    """在文件上运行规则，不需要数据库。"""
    _screens()
    from sanjian.base.screening import commands

    facts = {"points": points, "limits": limits, "factors": factors}
    commands.screen_run(
        name, readings, output, facts={k: v for k, v in facts.items() if v}, parameters=parameter or [], now=now,
        as_json=as_json,
    )  # fmt: skip


def _screens() -> None:
    """Register every family's screens without a database."""
    import sanjian.watch.sources.screens  # noqa: F401


@finding_app.command("verify")
def finding_verify(
    which: Annotated[str, typer.Argument(help="预警编号、指纹，或导出的文件夹")], as_json: Json = False
) -> None:
    """用冻结的输入重新运行同一规则，结论必须一致。"""
    _screens()
    if not Path(which).is_dir():
        _django()
    from sanjian.base.screening import commands

    commands.finding_verify(which, as_json)


@finding_app.command("export")
def finding_export(which: str, folder: Path) -> None:
    """导出一个预警及其输入，供他人独立复核。"""
    _django()
    from sanjian.base.screening import commands

    commands.finding_export(which, folder)


@audit_app.command("verify")
def audit_verify(
    heads: Annotated[Path | None, typer.Option(help="在别处留存的链头文件夹，一并核对")] = None, as_json: Json = False
) -> None:
    """从头核对审计链。"""
    _django()
    from sanjian.base.identity.commands import audit_verify as run

    run(as_json, heads)


@audit_app.command("head")
def audit_head(
    folder: Annotated[Path | None, typer.Argument(help="写到这个文件夹，默认 SANJIAN_HOME/audit-heads")] = None,
) -> None:
    """写出当前链头，供在别处留存、公证。"""
    _django()
    from sanjian.base.identity.commands import audit_head as run

    run(folder)


# -- registries -------------------------------------------------------------------------------------------------


@registry_app.command("check-ids")
def registry_check_ids(
    file: Annotated[Path, typer.Argument(help="一行一个标识，或 标识,valid|invalid")],
    mutations: Annotated[int, typer.Option(help="对有效标识再做多少次单字符改动")] = 1_000_000,
    as_json: Json = False,
) -> None:
    """核对统一社会信用代码、排污单位编码、设施编号；并检验校验位能发现的改动无一漏过。"""
    from sanjian.base.registry.commands import check_ids

    check_ids(file, mutations=mutations, as_json=as_json)


@registry_app.command("import")
def registry_import(
    file: Annotated[Path, typer.Argument(help="xlsx、csv（UTF-8 或 GBK）、json")],
    register: Annotated[str, typer.Option(help="objects、officers、instruments、items")] = "objects",
    account: Annotated[str, typer.Option(help="以哪个账号的名义")] = "",
    apply: Annotated[bool, typer.Option("--apply", help="预览后直接生效；默认只预览")] = False,
    errors: Annotated[Path | None, typer.Option(help="把有错的行写到这个 xlsx 文件")] = None,
    as_json: Json = False,
) -> None:
    """导入登记库文件：先预览将发生的变化，再生效。"""
    _django()
    from sanjian.base.registry.updates.commands import import_file

    import_file(file, register=register, username=account, apply=apply, errors=errors, as_json=as_json)


@registry_app.command("report")
def registry_report(as_json: Json = False) -> None:
    """各登记库的完整性与新鲜度。"""
    _django()
    from sanjian.base.registry.updates.commands import report

    report(as_json)


@registry_app.command("citations")
def registry_citations(
    on: Annotated[str, typer.Option("--on", help="行为日期 YYYY-MM-DD，默认今天")] = "", as_json: Json = False
) -> None:
    """列出引用了失效条款的检查事项和模板。"""
    _django()
    from sanjian.base.registry.citation_commands import citations

    citations(on, as_json)


# -- installation and demonstration -----------------------------------------------------------------------------


@app.command()
def account(
    username: str,
    name: Annotated[str, typer.Option(help="姓名")],
    role: Annotated[
        str, typer.Option(help="monitor 监测、supervisor 监管、enforcer 执法、operator、security、auditor")
    ],
    district: Annotated[str, typer.Option(help="行政区划代码，310000 为全市")] = "310000",
    certificate: Annotated[str, typer.Option(help="执法证号")] = "",
) -> None:
    """建立一个账号；密码和管理员的身份证号从终端读取，或取自 SANJIAN_NEW_PASSWORD、SANJIAN_NEW_ID_NUMBER。"""
    _django()
    from sanjian.base.identity.commands import account_add

    account_add(username, name=name, role=role, district=district, certificate=certificate)


@app.command()
def rekey(as_json: Json = False) -> None:
    """换过 SANJIAN_SECRET_KEY 之后：用新密钥重新加密个人信息，并说明旧密钥能否撤下。"""
    _django()
    from sanjian.base.identity.commands import reencrypt as run

    run(as_json)


@city_app.command("build")
def city_build(
    scale: Annotated[float, typer.Option(help="规模，1 为 49,909 个检查对象")] = 0.01,
    seed: Annotated[int, typer.Option(help="同一种子，同一城市")] = 1,
    ago: Annotated[int, typer.Option(help="在多少天前开城；违法行为分布在开城前 7 天到后 23 天")] = 0,
    folder: Annotated[Path | None, typer.Option(help="写到哪里，默认 SANJIAN_HOME/city")] = None,
    load: Annotated[bool, typer.Option(help="同时载入本安装的登记库")] = True,
    as_json: Json = False,
) -> None:
    """建一座模拟城市：登记库、设备、车队，以及谁在违法、谁只是看着像。"""
    _django()
    from sanjian.city.commands import build_city

    build_city(scale=scale, seed=seed, ago=ago, folder=folder, is_loaded=load, as_json=as_json)


@city_app.command("run")
def city_run(
    scale: Annotated[float, typer.Option(help="没有建成的城市时，按这个规模建")] = 0.02,
    seed: Annotated[int, typer.Option()] = 1,
    minutes: Annotated[float, typer.Option(help="运行多少城市分钟，0 为直到中断")] = 5.0,
    speed: Annotated[float, typer.Option(help="一分钟当几分钟")] = 1.0,
    only: Annotated[str, typer.Option(help="只用这些协议和入口，逗号分隔")] = "",
    faults: Annotated[bool, typer.Option("--faults", help="加入网络故障")] = False,
    history: Annotated[float, typer.Option(help="先补发多少天的历史")] = 0.0,
    ago: Annotated[int, typer.Option(help="新建的城市在多少天前开城；违法行为分布在开城前 7 天到后 23 天")] = 0,
    against: Annotated[bool, typer.Option("--against", help="对本环境正在运行的平台，而不是临时另起一套")] = False,
    city: Annotated[Path | None, typer.Option(help="已建成的城市")] = None,
    as_json: Json = False,
) -> None:
    """让城市活起来：设备上报，企业和人员使用页面。"""
    from sanjian.city import running

    raise typer.Exit(
        running.main(scale=scale, seed=seed, minutes=minutes, speed=speed, only=only, faults=faults, history=history,
                     ago=ago, against=against, city=city, as_json=as_json)
    )  # fmt: skip


@city_app.command("score")
def city_score(
    scale: Annotated[float, typer.Option(help="另起的城市的规模")] = 0.02,
    seed: Annotated[int, typer.Option()] = 1,
    against: Annotated[bool, typer.Option("--against", help="给本环境的平台打分，而不是另起一座城市")] = False,
    release: Annotated[bool, typer.Option("--release", help="另存到 docs/scores/，作为本版本的成绩")] = False,
    as_json: Json = False,
) -> None:
    """对照真相，给每条规则打分：查全、查准、误报、延迟，各带置信区间。"""
    from sanjian.city.score import commands

    raise typer.Exit(commands.main(scale=scale, seed=seed, against=against, release=release, as_json=as_json))


@lake_app.command("list")
def lake_list() -> None:
    """列出数据流：行数、文件、版本。"""
    _django()
    from sanjian.base.lake.commands import lake_list as run

    run()


@lake_app.command("compact")
def lake_compact() -> None:
    """合并小文件。内容不变。"""
    _django()
    from sanjian.base.lake.commands import lake_compact as run

    run()


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def bench(context: typer.Context, name: Annotated[str, typer.Argument(help="基准名，list 列出全部")]) -> None:
    """运行基准测试，最后一行是一个 JSON 对象。"""
    from sanjian import benches

    raise typer.Exit(benches.run(name, [a for a in context.args if a != "--json"]))


if __name__ == "__main__":
    app()
