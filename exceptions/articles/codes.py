"""Articles: item and customer codes that look alike and are not equal, old revisions and replaced parts."""

from exceptions.articles.text import Text

ARTICLES = {
    "XREF_WRONG": (
        Text(
            "Crossed over to the wrong code",
            "The table that turns one system's code into the other's names the wrong partner.",
            ("Compare name and drawing number of both codes.", "See how many orders went through this line."),
            (
                "Correct the line in the cross reference, read the records again.",
                "Stop goods that were picked by the wrong code.",
            ),
            "Planning for items, sales for customers.",
        ),
        Text(
            "编码对照错误",
            "两系统编码对照表中指向了错误的对象。",
            ("比较两个编码的名称和图号。", "看有多少订单经过这一行对照。"),
            ("更正对照关系并重新读取。", "拦下按错误编码拣出的货物。"),
            "物料由计划部、客户由销售部处理。",
        ),
    ),
    "XREF_MISSING": (
        Text(
            "Not in the cross reference",
            "A code has no partner in the other system's table: a new item or customer that nobody entered.",
            ("See when the item or customer was created.", "Look for the same name under another code."),
            (
                "Add the pair to the cross reference, read the records again.",
                "Make the entry a step of creating new items.",
            ),
            "Planning for items, sales for customers; information systems adds it.",
        ),
        Text(
            "对照表中没有",
            "该编码在对照表中没有对应项：多为新物料或新客户漏维护。",
            ("看物料或客户何时创建。", "按名称查找是否另有编码。"),
            ("在对照表中补充并重新读取。", "把维护对照列为新建物料的固定步骤。"),
            "物料由计划部、客户由销售部确认，信息部录入。",
        ),
    ),
    "LEADING_ZERO": (
        Text(
            "Leading zeros are lost",
            "00123 became 123: a spreadsheet or a number field took the code for a number.",
            ("Ask who opened the file on its way.", "See whether all codes that begin with zero are affected."),
            ("Keep codes as text from end to end.", "Export anew and import again; do not add zeros by hand."),
            "Whoever prepares the file; information systems for the field.",
        ),
        Text(
            "前导零丢失",
            "00123 变成了 123：表格软件或数字字段把编码当成数字。",
            ("了解中途由谁打开过文件。", "看所有以零开头的编码是否都受影响。"),
            ("全程按文本保存编码。", "重新导出并导入，不要手工补零。"),
            "由文件制作人处理；字段由信息部调整。",
        ),
    ),
    "TRUNCATED": (
        Text(
            "The end is cut off",
            "One field is shorter than the text: the last characters are missing.",
            ("Count the characters: is it always the same length?", "Look whether two codes became equal by this."),
            (
                "Make the field longer, send the records again.",
                "Until then compare no further than the shorter one, if that stays unique.",
            ),
            "Information systems.",
        ),
        Text(
            "末尾被截断",
            "字段长度不足，最后几个字符丢失。",
            ("数一下字符：是否总是同样的长度？", "看是否有两个编码因此变得相同。"),
            ("加长字段并补发数据。", "在此之前，若截短后仍唯一，可按较短长度对账。"),
            "由信息部处理。",
        ),
    ),
    "SCIENTIFIC_NOTATION": (
        Text(
            "1.2E+11 in place of a code",
            "A spreadsheet wrote a long code as a number; the last digits are lost for good.",
            (
                "Open the source, not the spreadsheet: the whole code is only there.",
                "See which other long codes of the file look so.",
            ),
            ("Set the column to text before pasting, export again.", "Hand files over as csv or by the interface."),
            "Whoever prepares the file.",
        ),
        Text(
            "编码变成 1.2E+11",
            "表格软件把长编码写成科学计数，末几位已无法恢复。",
            ("到源系统查看完整编码，不要看表格。", "看文件中其他长编码是否也如此。"),
            ("粘贴前把列设为文本，重新导出。", "改用 csv 或接口传送。"),
            "由文件制作人处理。",
        ),
    ),
    "WIDTH_CASE_SPACE": (
        Text(
            "Same to the eye: width, case or spaces",
            "The codes differ only by full-width letters, capitals or a blank that nobody sees.",
            ("Copy both into a plain editor and compare their lengths.", "See who types and who scans."),
            (
                "Let the comparison make such texts alike first.",
                "Clean the master data; check on entry for blanks and full-width letters.",
            ),
            "The owner of the comparison; the clerk cleans the code.",
        ),
        Text(
            "看起来相同：全半角、大小写或空格",
            "编码只差全角字符、大小写或看不见的空格。",
            ("复制到纯文本编辑器中比较长度。", "看哪边是手输、哪边是扫码。"),
            ("对账前先做文本规范化。", "清理主数据，录入时校验空格与全角字符。"),
            "由对账负责人处理；录入人清理编码。",
        ),
    ),
    "ENCODING": (
        Text(
            "Garbled characters",
            "Chinese text was written in one encoding and read in another, so that names turn into signs.",
            (
                "See whether all Chinese texts of the file are garbled.",
                "Ask for the file's encoding: UTF-8 or GB18030.",
            ),
            (
                "Declare the encoding on the connection and read the file again.",
                "Do not retype names: the original is intact.",
            ),
            "Information systems.",
        ),
        Text(
            "出现乱码",
            "中文以一种编码写入、另一种编码读取，名称变成乱码。",
            ("看文件中的中文是否全部乱码。", "确认文件编码：UTF-8 还是 GB18030。"),
            ("在连接上声明编码并重新读取文件。", "不要重新录入：原文并未损坏。"),
            "由信息部处理。",
        ),
    ),
    "TYPO": (
        Text(
            "A slip of the keys",
            "Two codes differ by one character or by two that changed places, and only one of them exists.",
            ("See which of the two is in the master data.", "Look at the document that was typed from."),
            ("Correct the code where it was typed.", "Let people scan or choose from a list instead of typing."),
            "The clerk who typed it.",
        ),
        Text(
            "录入笔误",
            "两个编码只差一个字符或相邻两位颠倒，且只有一个真实存在。",
            ("看哪一个在主数据中存在。", "核对录入所依据的单据。"),
            ("在录入处更正编码。", "改为扫码或下拉选择，减少手输。"),
            "由录入人更正。",
        ),
    ),
    "STALE_BOM": (
        Text(
            "Made by an old BOM revision",
            "The work order holds a revision of the bill of materials that has been replaced.",
            ("Compare the revisions: which parts changed?", "Ask engineering which one the customer approved."),
            (
                "Stop issuing material for this work order.",
                "Move it to the revision in force, or have the old one released for this batch.",
                "Mark parts already made so that they are not mixed.",
            ),
            "Planning; quality decides about parts already made.",
        ),
        Text(
            "BOM 版本过期",
            "工单使用的是已被替换的 BOM 版本。",
            ("比较两个版本变更了哪些零件。", "向工程部确认客户认可的版本。"),
            ("先停止该工单发料。", "切换到现行版本，或对本批次批准沿用旧版。", "已生产的零件做好标识，避免混料。"),
            "由计划部处理；已生产的零件由质量部判定。",
        ),
    ),
    "SUPERSEDED_ITEM": (
        Text(
            "Replaced by a newer item",
            "One system uses the successor, the other still the item that was discontinued.",
            ("Read from which day the successor holds.", "See whether old stock is to be used up first."),
            (
                "Put the successor into open orders where the customer has agreed.",
                "Keep the old one only until its stock is gone, and say so in the item.",
            ),
            "Planning; sales asks the customer.",
        ),
        Text(
            "物料已被替代",
            "一侧已用替代料号，另一侧仍用停用的旧料号。",
            ("查看替代料号的生效日期。", "看旧库存是否应先用完。"),
            ("客户同意后，未结订单改用替代料号。", "旧料只用到库存耗尽，并在物料中注明。"),
            "由计划部处理；销售部征得客户同意。",
        ),
    ),
    "UNREADABLE": (
        Text(
            "A value that cannot be read",
            "A number, date or time is written in a way that says nothing certain, so it was held against nothing.",
            (
                "Open the record in its system and read the value as a person would.",
                "See whether one row is written so, or the whole column.",
            ),
            (
                "One row: correct it where it was typed, then compare again.",
                "A whole column: declare its form in the profile, such as day first or a decimal comma.",
            ),
            "Whoever keeps the record; information systems for the profile.",
        ),
        Text(
            "数值或日期无法识别",
            "数字、日期或时刻的写法无法确定其含义，因此没有参与对账。",
            ("在来源系统中打开该记录，按人的理解读出该值。", "看是只有一行如此，还是整列都如此。"),
            ("仅一行：在录入处更正后重新对账。", "整列如此：在对账方案中声明写法，例如日在前或逗号作小数点。"),
            "由记录的维护人处理；对账方案由信息部调整。",
        ),
    ),
    "NO_KEY": (
        Text(
            "A row without a key",
            "The cell that should name the order or document is empty, so nobody can tell what the row belongs to.",
            (
                "Go to the row that is named and see what else it says: customer, item, quantity.",
                "Ask whether it is a sum or a note at the end of the sheet.",
            ),
            (
                "Fill in the number where the row was made, then compare again.",
                "Leave sums and notes out of the export.",
            ),
            "Whoever prepares the file, or keeps the record.",
        ),
        Text(
            "行中缺少单号",
            "应填写单号的单元格为空，无法判断该行属于哪张单据。",
            ("找到所指的行，看其客户、物料和数量。", "确认它是否只是表尾的合计或备注。"),
            ("在产生该行的地方补填单号，然后重新对账。", "导出时去掉合计和备注行。"),
            "由文件制作人或记录维护人处理。",
        ),
    ),
    "UNIT_UNKNOWN": (
        Text(
            "A unit that no table defines",
            "One system counts in a unit whose size nobody has declared, so its number was taken as it stands.",
            (
                "Ask the warehouse how many pieces one such unit of this item holds.",
                "See whether the numbers agree once that is applied.",
            ),
            (
                "Add the unit with its factor to the table of units.",
                "Where it is another name of a known unit, declare it as equal to that one.",
            ),
            "Warehouse for the size, information systems for the table.",
        ),
        Text(
            "单位未定义",
            "某一系统使用的单位没有定义换算关系，数量只能按原数参与对账。",
            ("向仓储部确认该物料每一单位折合多少件。", "按此折算后看两侧数量是否一致。"),
            ("在单位表中补充该单位及换算系数。", "若只是已有单位的别名，按同一单位定义。"),
            "换算数由仓储部确认，信息部录入单位表。",
        ),
    ),
}
