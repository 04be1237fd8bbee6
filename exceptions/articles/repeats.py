"""Articles: the same thing twice, one on one side and several on the other, and what was left over."""

from exceptions.articles.text import Text

ARTICLES = {
    "DUPLICATE_MESSAGE": (
        Text(
            "One message taken in twice",
            "Two records carry the same message number: the interface repeated itself, nobody ordered twice.",
            ("Compare message number and content: both equal.", "See whether goods or money moved for the copy too."),
            (
                "Remove the copy in the receiving system.",
                "If goods moved twice, bring the second movement back.",
                "Let the receiver refuse a message number that it knows.",
            ),
            "Information systems; the warehouse or finance for a movement that happened.",
        ),
        Text(
            "同一消息被接收两次",
            "两条记录的消息编号相同：是接口重复发送，并非重复下单。",
            ("核对消息编号与内容，应完全一致。", "查看重复的一条是否已引起货物或款项变动。"),
            ("在接收系统中删除重复记录。", "货物已重复出入库的，冲回第二次。", "让接收端拒绝已处理过的消息编号。"),
            "由信息部处理；已发生的变动由仓储部或财务部冲回。",
        ),
    ),
    "DUPLICATE_ENTRY": (
        Text(
            "Entered twice by hand",
            "Two records with different numbers say the same: customer, goods, quantity and day.",
            (
                "Ask whoever entered the later one whether the customer ordered twice.",
                "See which of the two has already been delivered or invoiced.",
            ),
            (
                "Cancel the younger one, unless only that one has moved on.",
                "Tell the customer when both numbers were confirmed to them.",
            ),
            "Sales; the warehouse stops goods of the cancelled one.",
        ),
        Text(
            "人工重复录入",
            "两张单号不同、内容相同：客户、货物、数量和日期一致。",
            ("向较晚录入的人员确认客户是否真的下了两次单。", "看哪一张已发货或开票。"),
            ("作废较晚的一张；若只有它已执行，则作废较早的。", "两个单号都已告知客户的，向客户说明。"),
            "由销售部处理；仓储部拦下被作废订单的货物。",
        ),
    ),
    "REPLAYED_BATCH": (
        Text(
            "A whole batch came again",
            "Many records of one batch were sent a second time, often after a restart.",
            (
                "Read the batch number in the evidence and count its records.",
                "Ask whether the source was restored from a backup or its export repeated.",
            ),
            (
                "Take out the repeated batch as a whole, not record by record.",
                "Look at stock: a repeated batch of receipts doubles it.",
                "Give each batch a number that the receiver remembers.",
            ),
            "Information systems; the warehouse counts items that look doubled.",
        ),
        Text(
            "整批数据重复发送",
            "同一批次的许多记录被再次发送，常见于系统重启之后。",
            ("在证据中查看批次号并核对条数。", "了解源系统是否做过恢复或重复导出。"),
            (
                "整批清除重复数据，不要逐条处理。",
                "核对库存：重复的入库批次会使库存翻倍。",
                "为每批编号，由接收端记住。",
            ),
            "由信息部处理；疑似翻倍的物料由仓储部盘点。",
        ),
    ),
    "SPLIT_ORDER": (
        Text(
            "One order here, several there",
            "The other system has cut the order into parts, by plant, by date or by truck. The sum should be equal.",
            (
                "Add up the parts; compare the sum, not the single part.",
                "See that every part names the order it came from.",
            ),
            (
                "If the sum is equal: compare by the parent number and accept this one.",
                "If a part is missing: create it, or tell the customer that it comes later.",
            ),
            "Order operations; planning when it was cut without reason.",
        ),
        Text(
            "一侧一单，另一侧拆成多单",
            "另一系统按工厂、日期或车次拆分了订单，合计应当相等。",
            ("把各部分相加，比较合计而不是单条。", "确认每一部分都写明来源订单。"),
            ("合计相等：改为按父单号对账，并认可此差异。", "缺少一部分：补建，或告知客户稍后交付。"),
            "由订单运营部处理；无故拆单时由计划部说明。",
        ),
    ),
    "MERGED_ORDER": (
        Text(
            "Several orders here, one there",
            "The other system has put orders together, mostly to fill a truck or an invoice.",
            ("Read which numbers the merged document names.", "Add up the single orders and compare the sum."),
            (
                "If equal: compare by the merged document.",
                "If not: find the order that was left out, before it is forgotten.",
                "Check that different customers or prices were not put together.",
            ),
            "Logistics for trucks, finance for invoices.",
        ),
        Text(
            "一侧多单，另一侧合并成一单",
            "另一系统为拼车或合并开票把订单合在一起。",
            ("查看合并单据列出了哪些单号。", "把各订单相加，与合并单比较。"),
            ("相等：按合并单据对账。", "不等：找出被漏掉的订单，避免遗忘。", "确认没有把不同客户或不同价格合在一起。"),
            "拼车由物流部、合并开票由财务部处理。",
        ),
    ),
    "PARTIAL_OPEN": (
        Text(
            "Delivered in part, the rest is open",
            "Less was shipped than ordered and the order is still open: the rest is owed.",
            (
                "Look up the promised date of the rest.",
                "See whether the rest is in stock, in production or not planned.",
            ),
            (
                "Chase the rest and write its date into the ERP.",
                "Tell the customer the date before the promise has passed.",
                "If the customer no longer wants it, close the rest.",
            ),
            "The warehouse when it is in stock, planning when it is not.",
        ),
        Text(
            "部分交付，余量未结",
            "发货少于订货且订单未关闭，余量仍应交付。",
            ("查看余量的承诺日期。", "看余量是在库、在产还是尚未排产。"),
            ("跟催余量，并把日期写入 ERP。", "在承诺日期前告知客户。", "客户不再需要的，关闭余量。"),
            "在库的由仓储部、未生产的由计划部处理。",
        ),
    ),
    "PARTIAL_CLOSED": (
        Text(
            "Closed although less was delivered",
            "One system has closed the order short; the other still counts on the rest.",
            ("Ask who closed it, and whether the customer agreed.", "Read what the contract allows as a shortage."),
            (
                "Agreed: close the rest in the other system as well.",
                "Not agreed: open it again and plan the rest.",
                "Check that the invoice names what was delivered.",
            ),
            "Sales decides with the customer; the warehouse carries it out.",
        ),
        Text(
            "未交足即已关闭",
            "一侧已短量关闭订单，另一侧仍在等余量。",
            ("询问由谁关闭、客户是否同意。", "查看合同允许的短量范围。"),
            ("已同意：另一系统也关闭余量。", "未同意：重新打开并安排余量。", "核对发票只开实际交付数量。"),
            "由销售部与客户确认，仓储部执行。",
        ),
    ),
    "OVER_SHIPMENT": (
        Text(
            "More shipped than ordered",
            "The delivered quantity is above the order: a full pallet, a second picking, or a wrong count.",
            ("Count the delivery note against the packing list.", "See whether the contract allows a surplus."),
            (
                "Allowed: invoice as agreed and accept the difference.",
                "Not allowed: agree with the customer on keeping or taking back, before invoicing.",
                "A wrong count: correct the posting in the WMS.",
            ),
            "The warehouse counts, sales agrees with the customer, finance invoices.",
        ),
        Text(
            "发货多于订货",
            "交付数量超过订单：整托发出、重复拣货或点数错误。",
            ("用装箱单核对发货单数量。", "查看合同是否允许超发。"),
            ("允许：按约定开票并认可该差异。", "不允许：开票前与客户商定留用或退回。", "点数错误：在 WMS 中更正过账。"),
            "仓储部清点，销售部与客户确认，财务部开票。",
        ),
    ),
    "PARTS_DIFFER": (
        Text(
            "The parts of a split order do not add up",
            "One system keeps the order in parts that name it as their parent, and they are more or less than it.",
            (
                "List the parts with their quantities and look for the one that is missing or doubled.",
                "See whether the order was changed after it had been split.",
            ),
            (
                "Add or cancel the part in the system that split the order.",
                "Where the order itself was changed, bring its parts up to it.",
            ),
            "Whoever split the order, usually the warehouse or order operations.",
        ),
        Text(
            "拆分后的合计与原单不符",
            "某一系统把订单拆成若干部分并注明原单，但合计多于或少于原单。",
            ("列出各部分及其数量，找出缺少或重复的一条。", "看订单是否在拆分之后又做过变更。"),
            ("在拆分的系统中补建或作废相应部分。", "若原单已变更，把各部分调整到与原单一致。"),
            "由拆分人处理，通常是仓储部或订单运营部。",
        ),
    ),
}
