"""Articles: two systems tell different times of one thing."""

from exceptions.articles.text import Text

ARTICLES = {
    "TIMEZONE": (
        Text(
            "Times differ by whole hours",
            "One system writes local time and is read as UTC, or the other way round: eight hours in China.",
            (
                "Compare several records: is the distance always the same number of hours?",
                "Take one event whose true time is known, such as a truck's departure.",
            ),
            (
                "Declare the right zone on the connection and let the raw records be read again.",
                "Do not shift single orders by hand.",
            ),
            "Information systems.",
        ),
        Text(
            "时间相差整小时",
            "一侧写的是本地时间，却按 UTC 读取，或相反；在国内通常差八小时。",
            ("多看几条：是否总是相差同样的小时数？", "找一个真实时间已知的事件核对，例如发车时间。"),
            ("在连接上声明正确时区，并重新读取原始数据。", "不要逐单手工改时间。"),
            "由信息部处理。",
        ),
    ),
    "CLOCK_SKEW": (
        Text(
            "A device's clock is wrong",
            "All records of one scanner or machine lie some minutes off, those of its neighbours do not.",
            (
                "Read the device in the evidence and look at its clock beside your own.",
                "See since when: a flat battery or a restart often begins it.",
            ),
            (
                "Set the clock and have it kept by the network's time.",
                "Accept the old differences with the reason; do not rewrite history.",
            ),
            "The warehouse or workshop that uses the device, with information systems.",
        ),
        Text(
            "设备时钟不准",
            "某台扫码枪或机台的记录都偏差几分钟，相邻设备则正常。",
            ("在证据中找到设备号，当面核对它的时间。", "看从何时开始：常见于电池耗尽或重启之后。"),
            ("校准时钟，并设置为自动与网络对时。", "旧差异注明原因后认可，不要改写历史。"),
            "由使用该设备的仓库或车间会同信息部处理。",
        ),
    ),
    "LATE_POSTING": (
        Text(
            "Goods moved, posted too late",
            "The movement in the WMS and its posting in the ERP lie more than three minutes apart.",
            (
                "One clerk, one shift, or all? One clerk is training, one shift is staffing, all is the interface.",
                "Look whether the posting was made by hand or by the interface.",
            ),
            (
                "By hand: post at the door, not at the end of the shift.",
                "By the interface: shorten its interval or clear its queue.",
                "Check the day of posting at month's end: it may fall into the wrong period.",
            ),
            "The warehouse; finance when a period is touched.",
        ),
        Text(
            "货已移动，过账过晚",
            "WMS 出入库时间与 ERP 过账时间相差超过三分钟。",
            ("是个别人员、某个班次还是全部？个人属培训，班次属人手，全部则是接口问题。", "看过账是人工还是接口完成。"),
            (
                "人工：在收发货现场即时过账，不要留到下班。",
                "接口：缩短间隔或清理积压。",
                "月末核对过账日期，避免落入错误期间。",
            ),
            "由仓储部处理；涉及会计期间时会同财务部。",
        ),
    ),
    "LATE_MESSAGE": (
        Text(
            "The message arrived late",
            "It happened in time but was heard of late: it waited in a queue or was sent in a nightly batch.",
            (
                "Compare when it happened with when it was received.",
                "Look whether all messages of that hour are late, or only this kind.",
            ),
            (
                "All: the interface is too slow or was down; clear the queue.",
                "Only this kind: ask for it to be sent at once, not nightly.",
            ),
            "Information systems.",
        ),
        Text(
            "消息迟到",
            "业务按时发生，但消息到得晚：在队列中等待，或每晚批量发送。",
            ("比较发生时间与接收时间。", "看这一小时的消息是否都晚，还是只有这一类。"),
            ("全部都晚：接口过慢或曾中断，清理积压。", "只有这一类：要求实时发送，不要夜间批量。"),
            "由信息部处理。",
        ),
    ),
    "DATE_ONLY": (
        Text(
            "One side knows the day, not the hour",
            "One system writes midnight because it keeps dates only; the other has the time of day.",
            ("See whether all its times are 00:00.", "Look whether the day itself is equal."),
            ("Day equal: compare by day for this field.", "Let the interface send the time where the source has it."),
            "The owner of the comparison, with information systems.",
        ),
        Text(
            "一侧只有日期没有时刻",
            "一侧系统只存日期，因此总是零点；另一侧有具体时刻。",
            ("看该系统的时间是否全为 00:00。", "看日期本身是否相同。"),
            ("日期相同：该字段改为按天对账。", "源系统存有时刻的，让接口一并传送。"),
            "由对账负责人会同信息部处理。",
        ),
    ),
    "DAY_MONTH_SWAP": (
        Text(
            "Day and month have changed places",
            "04/11 was read as 11 April on one side and 4 November on the other. Days above 12 look right.",
            (
                "Check a record of a day above 12: it is right, the small ones are not.",
                "Look at the date as the source wrote it.",
            ),
            (
                "Declare the date's form on the connection and read the raw records again.",
                "Check promised dates that were confirmed to customers meanwhile.",
            ),
            "Information systems; sales for dates already confirmed.",
        ),
        Text(
            "日月颠倒",
            "04/11 一侧读成 4 月 11 日，另一侧读成 11 月 4 日；大于 12 的日期看起来正常。",
            ("查一条日期大于 12 的记录：它正确，较小的则错误。", "看源系统原始写法。"),
            ("在连接上声明日期格式，并重新读取原始数据。", "核对期间已向客户确认的承诺日期。"),
            "由信息部处理；已确认的日期由销售部核对。",
        ),
    ),
    "WRONG_EVENT": (
        Text(
            "The time of another event",
            "Both times are true, but of two things: packed here, shipped there.",
            (
                "See which other event of the order has exactly this time.",
                "Ask what the people mean by the field's name.",
            ),
            (
                "Map the field to the right event and read the records again.",
                "Write the meaning into the field's description.",
            ),
            "Information systems, with the department that uses the field.",
        ),
        Text(
            "取了另一个节点的时间",
            "两个时间都真实，但说的是两件事：一侧是装箱，另一侧是发货。",
            ("看该订单哪个其他节点正好是这个时间。", "询问业务人员如何理解该字段。"),
            ("把字段映射到正确节点，并重新读取。", "在字段说明中写清含义。"),
            "由信息部会同使用部门处理。",
        ),
    ),
}
