"""Articles: a record stands in one system and not in the other."""

from exceptions.articles.text import Text

ARTICLES = {
    "IN_TRANSIT": (
        Text(
            "Still on its way between two systems",
            "One system has the record, the other has not had the time to hear of it. This is expected, not wrong.",
            (
                "Compare the time of the newest record with the grace of the comparison.",
                "Look whether the receiving system has taken in anything later: then it has passed this one over.",
            ),
            (
                "Wait until the grace is over; the next comparison closes it or says what else it is.",
                "If the same kind of record always needs longer, lengthen the grace in the comparison.",
            ),
            "Nobody, until the grace is over; then information systems.",
        ),
        Text(
            "数据仍在两系统之间传送",
            "一侧已有记录，另一侧还来不及收到。属正常等待，不算错误。",
            (
                "把最新记录的时间与对账设置的宽限期相比。",
                "查看接收方是否已收到更晚的数据：若已收到，说明这一条被漏掉。",
            ),
            ("等宽限期结束，下次对账会自动关闭或给出其他原因。", "同类数据总是更慢时，在对账设置中延长宽限期。"),
            "宽限期内无需处理；之后由信息部处理。",
        ),
    ),
    "MISSING_MESSAGE": (
        Text(
            "A record never reached the other system",
            "The sender wrote and sent it, the receiver shows neither the record nor a refusal.",
            (
                "Find the message number in the sender's outgoing log.",
                "Look for the same number among received and refused messages here.",
                "See whether its neighbours of the same hour arrived: one missing is a loss, all missing an outage.",
            ),
            (
                "Send the record again from the source.",
                "Never type it in by hand on the other side: when the message comes later, it stands there twice.",
            ),
            "Information systems sends again; the department that owns the document confirms that it is complete.",
        ),
        Text(
            "消息未到达对方系统",
            "发送方已生成并发出，接收方既没有记录，也没有拒收痕迹。",
            (
                "在发送方的发送日志中查找消息编号。",
                "在本系统的已收和拒收清单中查同一编号。",
                "看同一小时的前后数据是否到达：只缺一条是丢失，全缺则是中断。",
            ),
            ("从源系统补发该记录。", "不要在另一侧手工补录：消息日后到达时会重复。"),
            "信息部补发；单据所属部门确认内容完整。",
        ),
    ),
    "OUTAGE": (
        Text(
            "Nothing arrived for a while: an outage",
            "In a stretch of time nearly all records of one system are missing, not just one.",
            (
                "Read from when to when in the ticket's evidence.",
                "Ask whether a restart, a release or a full disk falls into that time.",
                "Check that data arrives again now; else mend the connection first.",
            ),
            (
                "Send everything of that interval again, in its original order.",
                "Run the comparison once more and see that the group is gone.",
                "Write the reason of the outage into the ticket.",
            ),
            "Information systems; order operations tells the departments which orders were held up.",
        ),
        Text(
            "一段时间内没有数据：系统中断",
            "某系统在一段时间内的记录几乎全部缺失，而不是个别缺失。",
            (
                "在工单证据中确认中断的起止时间。",
                "了解这段时间是否有重启、升级或磁盘写满。",
                "确认现在是否已恢复接收，否则先修复连接。",
            ),
            ("按原有顺序补发该时段的全部数据。", "重新对账，确认这一批差异消失。", "把中断原因写入工单。"),
            "信息部处理；订单运营部通知受影响的部门。",
        ),
    ),
    "REJECTED_MESSAGE": (
        Text(
            "The message came and was refused",
            "It arrived, but a value could not be read or is not allowed, so it was set aside with its reason.",
            (
                "Open the parked row: the reason names the column and the value.",
                "Decide whether the value is wrong, or right and only unknown here.",
            ),
            (
                "A wrong value: correct it in the source and let it be sent again.",
                "A right value: add it to the mapping, publish the version and replay the parked rows.",
            ),
            "The owner of the source for wrong values, information systems for the mapping.",
        ),
        Text(
            "消息已到达但被拒收",
            "数据已送达，但某个值读不懂或不允许，因此连同原因被搁置。",
            ("打开搁置的数据行，原因会指出列名和值。", "判断该值是错误，还是正确但本系统不认识。"),
            ("值错误：在源系统更正后重新发送。", "值正确：在映射中补充并发布新版本，然后重放搁置数据。"),
            "错误的值由源系统所属部门更正，映射由信息部维护。",
        ),
    ),
    "GHOST": (
        Text(
            "A record that the leading system does not know",
            "It exists here although the system that should have created it has never heard of it.",
            (
                "See in the evidence who created it and when: a person, or an interface.",
                "Look for the same goods, customer and day under another number.",
                "Ask whether it was a test or an order taken by telephone.",
            ),
            (
                "A real order: create it in the leading system and join the two.",
                "A test or a slip: cancel it where it stands. Stop goods that are already moving first.",
            ),
            "The department that created it; order operations decides when nobody claims it.",
        ),
        Text(
            "权威系统中查无此单",
            "记录存在于此，但本应创建它的系统从未有过这张单。",
            (
                "在证据中查看创建人和时间：是人工还是接口。",
                "按货物、客户、日期查找是否有另一个单号。",
                "询问是否为测试单或电话接单。",
            ),
            ("真实订单：在权威系统中补建并关联。", "测试或误建：就地作废；货物已在流转时先拦货。"),
            "由创建部门处理；无人认领时由订单运营部决定。",
        ),
    ),
    "OUTSIDE_WORKFLOW": (
        Text(
            "A document made outside the workflow",
            "Somebody made it directly, without the document that should stand before it, so the others never hear.",
            (
                "See which step was left out: order, release or delivery note.",
                "Ask the person in the evidence why the ordinary way was not taken.",
            ),
            (
                "Create the missing document and refer to it.",
                "If the way is too slow for urgent cases, use the green channel: it is short and still recorded.",
                "Cancel what cannot be justified.",
            ),
            "The person's own department; its head when it happens again.",
        ),
        Text(
            "流程外生成的单据",
            "有人直接做单，跳过了前置单据，其他系统因此不知情。",
            ("看缺少哪一步：订单、放行还是发货单。", "向证据中的人员了解为何没走正常流程。"),
            ("补建缺少的前置单据并建立引用。", "紧急情况请走绿色通道：流程短，且留有记录。", "无正当理由的单据作废。"),
            "由当事人所在部门处理；再次发生时由部门负责人处理。",
        ),
    ),
    "OUT_OF_SCOPE": (
        Text(
            "Compared on one side, left out on the other",
            "The record is there, but the comparison's filter leaves it out in one system.",
            (
                "Read the condition by which each side is chosen in the comparison's settings.",
                "See which value of this record fails it: status, plant, kind.",
            ),
            (
                "Make the two conditions say the same.",
                "If the record truly does not belong here, leave it out on both sides.",
            ),
            "The owner of the comparison.",
        ),
        Text(
            "一侧参与对账，另一侧被筛掉",
            "记录存在，但对账条件在某一侧把它排除了。",
            ("查看对账设置中两侧的筛选条件。", "找出该记录不满足条件的值：状态、工厂或类型。"),
            ("让两侧条件一致。", "确实不应参与对账的，两侧都排除。"),
            "由该对账的负责人调整。",
        ),
    ),
    "KEY_FORMAT": (
        Text(
            "The same number written differently",
            "Both systems hold the record, but write its number with another prefix, dash or length.",
            (
                "Put the two numbers one below the other and mark what differs.",
                "See whether all numbers of that system are written so, or only this one.",
            ),
            (
                "All of them: add the spelling to the rule that makes numbers alike.",
                "Only one: correct it in the system where it was typed.",
            ),
            "Information systems for the rule, the clerk for a single number.",
        ),
        Text(
            "同一单号写法不同",
            "两侧都有该记录，但单号的前缀、短横线或位数不同。",
            ("把两个单号上下对齐，标出不同之处。", "看该系统是全部这样写，还是只有这一条。"),
            ("全部如此：在单号规范化规则中加入该写法。", "仅此一条：在录入的系统中更正。"),
            "规则由信息部维护，单条由录入人更正。",
        ),
    ),
    "UNKNOWN": (
        Text(
            "No rule explains it: how to find out",
            "The values differ and none of the known patterns fits. That makes it worth a look, not a shrug.",
            (
                "Read both records side by side, also the fields that are not compared.",
                "See who changed it last, when, and by which way it came in.",
                "Look for others of the same customer, item or day.",
            ),
            (
                "Correct the side that is wrong, at its source.",
                "Tell information systems what it was: the next one can then be recognised.",
            ),
            "The department that owns the document; information systems helps with the log.",
        ),
        Text(
            "没有规则能解释：如何查明",
            "两侧数值不同，但不符合任何已知规律，需要人工看一看。",
            (
                "并排查看两侧记录，包括未参与对账的字段。",
                "看最后由谁、何时、经由哪个渠道修改。",
                "查找同一客户、物料或日期的类似差异。",
            ),
            ("在源头更正错误的一侧。", "把查明的原因告诉信息部，以后即可自动识别。"),
            "由单据所属部门处理；信息部协助查日志。",
        ),
    ),
}
