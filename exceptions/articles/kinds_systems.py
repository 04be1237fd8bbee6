"""Articles for kinds of ticket: systems disagree, rows cannot be read, a door or a job has given up."""

from exceptions.articles.text import Text

ARTICLES = {
    "difference": (
        Text(
            "Systems disagree about an order",
            "Two systems tell different things of one order.",
            (
                "Read the cause first, then the values side by side.",
                "Look at the evidence: who wrote last, by which way?",
            ),
            (
                "Correct the wrong side at its source; the next comparison closes the ticket.",
                "Right as it is: accept it with a reason and an end.",
            ),
            "The department named on the ticket.",
        ),
        Text(
            "系统之间数据不一致",
            "两个系统对同一订单说法不同。",
            ("先看原因，再并排比较数值。", "看证据：最后由谁、经由哪个渠道写入？"),
            ("在源头更正错误的一侧，下次对账会自动关闭工单。", "现状合理的：说明理由和期限后认可。"),
            "由工单上的责任部门处理。",
        ),
    ),
    "difference_group": (
        Text(
            "One cause, many differences",
            "Many records differ in the same way: mend the cause, not the records.",
            (
                "Read what they share: system, warehouse, device, code, hours.",
                "Take two examples and see that the cause holds for both.",
            ),
            (
                "Mend the mapping, the master data or the connection once.",
                "Let the raw records be read again, then compare: all of them should go.",
                "What stays after that is a case of its own.",
            ),
            "The owner of the cause, mostly information systems.",
        ),
        Text(
            "同一原因的批量差异",
            "许多记录以同样方式不一致：处理原因，而不是逐条处理。",
            ("看共同点：系统、仓库、设备、代码、时段。", "抽两条验证原因是否成立。"),
            ("一次性修正映射、主数据或连接。", "重新读取原始数据后对账，差异应全部消失。", "剩下的另行个别处理。"),
            "由原因的责任部门处理，多为信息部。",
        ),
    ),
    "stock_difference": (
        Text(
            "Stock differs between systems",
            "ERP and WMS tell different quantities on hand for one item and place.",
            (
                "Look for movements of the last hours that only one side has posted.",
                "See whether the distance is a whole box: then it is the unit.",
            ),
            (
                "Post what is missing; do not adjust stock before that.",
                "Count the place if nothing is missing, and post the count in the WMS.",
                "Check orders that were promised from this stock.",
            ),
            "The warehouse; finance signs larger adjustments.",
        ),
        Text(
            "库存差异",
            "同一物料同一库位，ERP 与 WMS 的在库数量不同。",
            ("查最近几小时只有一侧过账的出入库。", "看差额是否正好整箱：若是，属计量单位问题。"),
            (
                "先补过账，在此之前不要调整库存。",
                "没有遗漏过账的，现场盘点并在 WMS 登记。",
                "核对已按该库存承诺的订单。",
            ),
            "由仓储部处理；较大调整由财务部签批。",
        ),
    ),
    "amount_difference": (
        Text(
            "Amounts differ between systems",
            "Order, invoice and CRM do not name the same amount.",
            (
                "Divide the two: a tax rate, an exchange rate or a price step shows at once.",
                "Look for a further line: freight, packing, discount.",
            ),
            (
                "Correct it before the invoice goes out.",
                "Already invoiced: credit or debit note, after a word with the customer.",
            ),
            "Finance; sales says what was agreed.",
        ),
        Text(
            "系统之间金额不一致",
            "订单、发票与 CRM 的金额不同。",
            ("两数相除：税率、汇率或调价一目了然。", "查找多出的行：运费、包装、折扣。"),
            ("在开票前更正。", "已开票：与客户沟通后开红字或补差。"),
            "由财务部处理；约定内容由销售部确认。",
        ),
    ),
    "parked_rows": (
        Text(
            "Rows that could not be read",
            "A system sent rows that the mapping cannot make sense of; the others went on.",
            ("Open the parked rows: the reason names the column.", "See whether it is one value or a changed layout."),
            (
                "A new word: mend the mapping and replay.",
                "A wrong value: correct it in the source, it comes again.",
                "A changed layout: ask what else was changed.",
            ),
            "Information systems; the owner of the source for wrong values.",
        ),
        Text(
            "无法读取的数据行",
            "某系统发来映射读不懂的行，其余数据未受影响。",
            ("打开搁置的数据行，原因会指出列名。", "看是个别值还是格式变更。"),
            ("新词语：修改映射后重放。", "错误值：在源系统更正，会重新送来。", "格式变更：问清还改了什么。"),
            "由信息部处理；错误值由源系统所属部门更正。",
        ),
    ),
    "job_dead": (
        Text(
            "A background job has given up",
            "The same work failed several times and is not started again by itself.",
            ("Read the last error on the job's page.", "See what was changed shortly before: data, program, disk."),
            (
                "A peer that was down: start the job again once it answers.",
                "Three times the same error: it is the data or the program; do not start it before one of them has "
                "changed.",
            ),
            "Information systems.",
        ),
        Text(
            "后台作业已放弃",
            "同一作业多次失败，不再自动启动。",
            ("在作业页面查看最后一次错误。", "看之前不久变更了什么：数据、程序还是磁盘。"),
            ("对方系统停机：恢复后重新启动。", "连续三次同样错误：是数据或程序问题，未修改前不要重启。"),
            "由信息部处理。",
        ),
    ),
    "dead_letter": (
        Text(
            "Messages do not arrive",
            "Words on their way out were refused so often that they are held back.",
            ("Read the peer's answer: address, key, size, or is it down?", "Send one message by hand as a trial."),
            (
                "Mend address or key, then send the held ones.",
                "Tell those who were waiting by another way; nothing is lost.",
            ),
            "Information systems.",
        ),
        Text(
            "消息无法送达",
            "发出的消息多次被拒，已被留存。",
            ("看对方的答复：地址、密钥、大小，还是停机？", "手工试发一条。"),
            ("修正地址或密钥后，发送留存的消息。", "先用其他方式通知等待的人；消息没有丢失。"),
            "由信息部处理。",
        ),
    ),
    "silent_system": (
        Text(
            "A system has fallen silent",
            "It usually reports more often; since a while nothing came.",
            ("Ask whether work goes on there: a holiday is silence too.", "Try the connection by hand."),
            (
                "Restart what sends, or renew the key.",
                "Afterwards send what is missing, oldest first, and compare again.",
                "Until then trust no state of this system: pages say as of when.",
            ),
            "Information systems; its users say what happened meanwhile.",
        ),
        Text(
            "某系统没有数据上报",
            "该系统平时上报更频繁，已有一段时间没有数据。",
            ("了解对方是否在正常工作：放假也会没有数据。", "手工测试连接。"),
            (
                "重启发送程序，或更新密钥。",
                "恢复后按时间顺序补发并重新对账。",
                "在此之前不要依赖该系统的状态，页面会注明截至时间。",
            ),
            "由信息部处理；使用部门说明期间发生的业务。",
        ),
    ),
}
