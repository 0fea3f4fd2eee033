"""What is taken as evidence and what is not: by content, whatever it is called, in one sentence that says what to do."""

from __future__ import annotations

import struct
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as lasting
from hypothesis import strategies as st

from panorama.errors import Unreadable
from panorama.intake.attachment import LARGEST, attachment_name
from panorama.intake.evidence import kind_of
from panorama.settings import Settings
from tests import exhibits

SETTINGS = Settings()
NUMBER = "11010519491231002X"


def kept(folder: Path, name: str, content: bytes) -> str:
    path = folder / "given"
    path.write_bytes(content)
    return attachment_name(path, name, SETTINGS)


def refusal(folder: Path, name: str, content: bytes) -> str:
    """The sentence, with what each refusal holds."""
    with pytest.raises(Unreadable) as caught:
        kept(folder, name, content)
    told = caught.value.text
    assert told.zh.startswith("文件“")
    assert "”：" in told.zh
    assert told.en.startswith("File “")
    assert "。" in told.zh[:-1], "what is wrong, and what to do"
    assert "Traceback" not in told.en
    return told.zh


SOUND = {
    "报告.pdf": exhibits.pdf(),
    "打包.pdf": exhibits.pdf(exhibits.packed_objects(b"4 0 << /Type /Font >>")),
    "报告.docx": exhibits.docx(),
    "流式.docx": exhibits.streamed(exhibits.office()),
    "链接.docx": exhibits.docx(word___rels__document_dot_xml_dot_rels=exhibits.links("hyperlink", "https://example.org", "External")),
    "图表.docx": exhibits.docx(word__embeddings__book_dot_xlsx=exhibits.xlsx()),
    "汇报.pptx": exhibits.pptx(),
    "台账.xlsx": exhibits.xlsx(),
    "台账.xls": exhibits.xls(),
    "旧报告.doc": exhibits.doc(),
    "报告.odt": exhibits.open_document(),
    "台账.ods": exhibits.open_document("spreadsheet", content_dot_xml=exhibits.CELL),
    "照片.png": exhibits.picture("PNG"),
    "照片.jpg": exhibits.picture("JPEG"),
    "照片.webp": exhibits.picture("WEBP"),
    "手机.jpg": exhibits.picture("JPEG") + b"SEFT\x00\x01" + exhibits.picture("JPEG"),
    "说明.txt": "已调出2名。\n见调令 - 甲 | 乙".encode(),
    "说明.csv": "单位,实有\n市教育局,40\n".encode("gb18030"),
}  # fmt: skip


@pytest.mark.parametrize("name", SOUND)
def test_documents_spreadsheets_pictures_and_texts_are_taken_under_their_own_name(tmp_path: Path, name: str) -> None:
    assert kept(tmp_path, name, SOUND[name]) == name


@pytest.mark.parametrize(
    ("name", "content", "is_"),
    [
        ("扫描件.jpg", exhibits.picture("PNG"), "扫描件.png"),
        ("台账.et", exhibits.xls(), "台账.xls"),
        ("公文.wps", exhibits.doc(), "公文.doc"),
        ("报告", exhibits.pdf(), "报告.pdf"),
        ("2026.11.27整改报告", exhibits.pdf(), "2026.11.27整改报告.pdf"),
        ("说明.MD", b"done", "说明.txt"),
        ("报告.ＰＤＦ", exhibits.pdf(), "报告.pdf"),
        ("证明.exe.pdf", exhibits.pdf(), "证明.exe.pdf"),
        (f"{NUMBER}.pdf", exhibits.pdf(), "110**************X.pdf"),
        ("问：何时？.pdf", exhibits.pdf(), "问：何时？.pdf"),
    ],
)
def test_a_file_is_what_its_content_is_and_is_kept_with_that_ending(tmp_path: Path, name: str, content: bytes, is_: str) -> None:  # fmt: skip
    assert kept(tmp_path, name, content) == is_


HONEST = {
    "像素.png": exhibits.pixels("PNG", b"<SvG <html <script MZ PK\x03\x04"),
    "像素.webp": exhibits.pixels("WEBP", b"<SvG <html <script"),
    "两张.jpg": exhibits.picture("JPEG") + exhibits.picture("JPEG"),
    "附注.jpg": exhibits.picture("JPEG") + b"\0\0SEFH of a telephone SEFT",
    "说明.txt": "请用PowerShell导出名单，见附件".encode(),
    "表.docx": exhibits.docx(word__x_dot_xml='<f>"a|b"&amp;Sheet1!A1</f>'),
    "文.docx": exhibits.docx(word__document_dot_xml=exhibits.document("DDE 是一种旧的技术")),
    "图.docx": exhibits.docx(word__media__a_dot_svg='<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>'),
}  # fmt: skip


@pytest.mark.parametrize("name", HONEST)
def test_what_merely_looks_like_harm_is_taken(tmp_path: Path, name: str) -> None:
    assert kept(tmp_path, name, HONEST[name]) == name


_VBA = "application/vnd.ms-office.vbaProject"
HARM = [
    ("程序.pdf", exhibits.PROGRAM, "程序文件"),
    ("程序.docx", b"\x7fELF\x02\x01\x01" + b"\0" * 64, "程序文件"),
    ("网页.txt", b"<!DOCTYPE html><html><body>x</body></html>", "网页或脚本"),
    ("图.txt", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "网页或脚本"),
    ("图.png", b'<?xml version="1.0"?><svg/>', "网页或脚本"),
    ("脚本.txt", b"#!/bin/sh\nrm -rf /\n", "网页或脚本"),
    ("脚本.txt", b"@echo off\r\ndel c:\\*\r\n", "网页或脚本"),
    ("脚本.txt", b"Set x = CreateObject(\"WScript.Shell\")", "网页或脚本"),
    ("表.csv", b"a,b\n1,\"=cmd|' /C calc'!A0\"\n", "会启动程序的表格"),
    ("表.csv", b"a,b\n1,@SUM(1+1)*cmd|'/c calc'!A0\n", "会启动程序的表格"),
    ("二进制.txt", b"abc\x01\x02\x03", "二进制"),
    ("乱.txt", bytes(range(128, 256)) * 40, "文字编码无法识别"),
    ("包.docx", exhibits.packed({"a.txt": "x"}), "压缩包"),
    ("包.rar", b"Rar!\x1a\x07\x00" + b"\0" * 40, "不收 .rar"),
    ("包.pdf", b"7z\xbc\xaf\x27\x1c" + b"\0" * 40, "压缩包"),
    ("包.pdf", b"\x1f\x8b\x08" + b"\0" * 40, "压缩包"),
    ("图.png", b"GIF89a" + b"\0" * 40, "图片（GIF）"),
    ("图.jpg", b"\0\0\0\x18ftypheic" + b"\0" * 40, "图片或视频"),
    ("信.txt", b"{\\rtf1 x}", "RTF"),
    ("宏.docx", exhibits.docx(word__vbaProject_dot_bin=b"x"), "宏"),
    ("宏.docx", exhibits.packed(exhibits.office("wordprocessingml.document.main+xml\"/><Default Extension=\"dat\" ContentType=\"" + _VBA)), "宏"),
    ("宏.docx", exhibits.packed({**exhibits.office(), "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/word/document.xml" ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/></Types>'}), "宏"),
    ("控件.docx", exhibits.docx(word__activeX__a_dot_xml="<x/>"), "宏"),
    ("嵌入.docx", exhibits.docx(word__embeddings__o_dot_bin=b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99), "嵌入"),
    ("嵌入.docx", exhibits.docx(word__media__image1_dot_png=exhibits.PROGRAM), "嵌入"),
    ("嵌入.docx", exhibits.docx(word__embeddings__b_dot_xlsx=exhibits.packed({"evil.js": "x"})), "压缩包"),
    ("嵌入.docx", exhibits.docx(word__embeddings__b_dot_docx=exhibits.docx(word__embeddings__c_dot_docx=exhibits.docx())), "嵌入"),
    ("模板.docx", exhibits.docx(word___rels__settings_dot_xml_dot_rels=exhibits.links("attachedTemplate", "https://x.example/t.dotm", "External")), "外部模板"),
    ("重名.docx", exhibits.docx(WORD__document_dot_xml=exhibits.document("另一份")), "夹带"),
    ("越界.docx", exhibits.docx(word__media__x_dot_xml="<x/>").replace(b"word/media/x.xml", b"../../edia/x.xml"), "夹带"),
    ("夹带.docx", exhibits.docx() + b"MZ tail", "夹带"),
    ("炸弹.docx", exhibits.docx(word__big_dot_xml="<x>" + "A" * (60 << 20) + "</x>"), "结构异常"),
    ("实体.docx", exhibits.docx(word__e_dot_xml='<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'), "结构异常"),
    ("缺件.odt", exhibits.open_document().replace(b"content.xml", b"contend.xml"), "不完整或已损坏"),
    ("截断.docx", exhibits.docx()[:-30], "不完整或已损坏"),
    ("宏.odt", exhibits.open_document(Basic__Standard__m_dot_xml="<x/>"), "宏"),
    ("锁.odt", exhibits.open_document(META__x="", **{"META-INF__manifest_dot_xml": '<m><encryption-data/></m>'}), "密码"),
    ("锁.doc", exhibits.doc(flags=0x0100), "密码"),
    ("宏.xls", exhibits.macro_sheet(), "宏表"),
    ("宏.xls", exhibits.with_stream("_VBA_PROJECT_CUR"), "宏"),
    ("嵌入.xls", exhibits.with_stream("\x01Ole10Native"), "嵌入"),
    ("锁.xls", exhibits.with_stream("EncryptedPackage"), "密码"),
    ("夹带.doc", exhibits.doc() + exhibits.packed({"a.exe": exhibits.PROGRAM}), "夹带"),
    ("脚本.pdf", exhibits.pdf(b"<< /S /JavaScript /JS (app.alert(1)) >>"), "带脚本"),
    ("脚本.pdf", exhibits.pdf(b"<< /S /J#61vaScript /JS (app.alert(1)) >>"), "带脚本"),
    ("脚本.pdf", exhibits.pdf(exhibits.packed_objects(b"4 0 << /S /JavaScript >>")), "带脚本"),
    ("启动.pdf", exhibits.pdf(b"<< /S /Launch /F (cmd.exe) >>"), "带脚本"),
    ("附件.pdf", exhibits.pdf(b"<< /Type /EmbeddedFile >>"), "附件"),
    ("锁.pdf", exhibits.pdf(trailer=b"/Encrypt 9 0 R"), "密码"),
    ("夹带.pdf", exhibits.pdf() + exhibits.packed({"a.exe": exhibits.PROGRAM}), "夹带"),
    ("夹带.pdf", exhibits.pdf() + b"trailing program", "夹带"),
    ("截断.pdf", exhibits.pdf()[:60], "不完整或已损坏"),
    ("夹带.png", exhibits.picture("PNG") + b"more", "夹带"),
    ("夹带.png", exhibits.picture("PNG") + exhibits.packed({"a.js": "x"}), "夹带"),
    ("夹带.jpg", exhibits.picture("JPEG") + b"Rar!\x1a\x07\x00", "夹带"),
    ("夹带.jpg", exhibits.picture("JPEG")[:-2] + b"\xff\xfe\x00\x10<script>x</sc\xff\xd9", "夹带"),
    ("夹带.webp", exhibits.picture("WEBP") + b"more", "夹带"),
    ("夹带.png", exhibits.picture("PNG") + exhibits.PROGRAM + b"IEND\xaeB`\x82", "夹带"),
    ("夹带.jpg", exhibits.picture("JPEG") + exhibits.PROGRAM + b"\xff\xd9", "夹带"),
    ("夹带.jpg", exhibits.picture("JPEG") + exhibits.picture("JPEG") + b"\x1f\x8b\x08\xff\xd9", "夹带"),
    ("夹带.jpg", exhibits.picture("JPEG") + b"\x7fELF\x02\xff\xd9", "夹带"),
    ("域.docx", exhibits.docx(word__document_dot_xml=exhibits.document("报告").replace("<w:t>报告</w:t>", "<w:instrText>DDEA</w:instrText><w:instrText>UTO c:\\\\cmd.exe</w:instrText>")), "调用其他程序"),
    ("域.docx", exhibits.docx(word__document_dot_xml=exhibits.document("报告").replace("<w:t>", '<w:fldSimple w:instr=" DDE cmd x"/><w:t>')), "调用其他程序"),
    ("链.docx", exhibits.docx(word__x_dot_xml='<ddeLink ddeService="cmd"/>'), "调用其他程序"),
    ("公式.docx", exhibits.docx(word__x_dot_xml="<f>cmd|'/c calc'!A1</f>"), "调用其他程序"),
    ("程序.docx", exhibits.docx(word__foo_dot_xml=exhibits.PROGRAM), "嵌入"),
    ("脚本.docx", exhibits.docx(word__a_dot_vbs="x"), "嵌入的脚本"),
    ("脚本.docx", exhibits.docx(word__media__a_dot_svg="<svg><script>x</script></svg>"), "嵌入的脚本"),
    ("脚本.pdf", exhibits.pdf(exhibits.packed_objects(b"4 0 << /S /JavaScript >>").replace(b"/FlateDecode", b"[/ASCIIHexDecode/FlateDecode]").replace(b"stream\n", b"stream\n00")), "夹带"),
    ("脚本.pdf", exhibits.pdf(exhibits.packed_objects(b"4 0 << /S /JavaScript >>").replace(b"/FlateDecode", b"/FlateDecode" + b" " * 600)), "带脚本"),
    ("截断.png", exhibits.picture("PNG")[:60], "不完整或已损坏"),
    ("巨图.png", exhibits.picture("PNG").replace(struct.pack(">II", 40, 30), struct.pack(">II", 40_000, 30_000)), "损坏|过大"),
    ("空.pdf", b"", "没有任何内容"),
    ("空.txt", b" \r\n\0", "没有任何内容"),
    ("身份.txt", f"张某 {NUMBER} 已调出".encode(), "身份证号"),
    ("身份.docx", exhibits.docx(word__document_dot_xml=exhibits.document("张某", f"号码{NUMBER}。")), "身份证号"),
    ("身份.xlsx", exhibits.xlsx("姓名", NUMBER), "身份证号"),
    ("密.docx", exhibits.docx(word__header1_dot_xml=exhibits.document("机密★10年")), "机密"),
    ("密.xlsx", exhibits.xlsx("【机密】台账"), "机密"),
    ("密.txt", "绝密\n内容".encode(), "绝密"),
    ("机密★10年.pdf", exhibits.pdf(), "机密"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "content", "says"), HARM, ids=[f"{at}-{one[0]}" for at, one in enumerate(HARM)])
def test_whatever_acts_hides_or_tells_of_persons_is_refused_with_what_it_is(
    tmp_path: Path, name: str, content: bytes, says: str
) -> None:
    told = refusal(tmp_path, name, content)
    assert any(one in told for one in says.split("|")), told


@pytest.mark.parametrize(
    "name",
    [
        "报告.exe", "报告.pdf.js", "快捷.lnk", "网页.HTML", "图.svg", "宏.docm", "表.xlsm", "包.zip", "报告.ｅｘｅ", "photo.jpg      .scr",
        "\u202efdp.exe", "报告\u202efdp.pdf", "a\u200b.pdf", "../逃.pdf", "c:\\x.pdf", "a/b.pdf", ".pdf", "报告.pdf.", "  ", "",
        "con.pdf", "NUL", "a\nb.pdf", "a\0b.pdf", "长" * 130 + ".pdf", 'x".pdf', "x<b>.pdf",
    ],
)  # fmt: skip
def test_names_that_hide_what_a_file_is_are_refused_whatever_it_holds(tmp_path: Path, name: str) -> None:
    told = refusal(tmp_path, name, exhibits.pdf())
    assert "\u202e" not in told


def test_more_than_20_mb_are_refused_with_the_size(tmp_path: Path) -> None:
    assert "超过上限 20 MB" in refusal(tmp_path, "大.txt", b"a" * (LARGEST + 1))
    assert kept(tmp_path, "刚好.txt", b"a" * LARGEST) == "刚好.txt"


@lasting(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(sorted(SOUND)), st.data())
def test_no_cut_and_no_changed_byte_makes_the_judge_stumble(name: str, data: st.DataObject) -> None:
    """Whatever is done to a sound file it is one of the kinds, or refused with a sentence."""
    content = bytearray(SOUND[name])
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(1, len(content)))
    for one in (bytes(content), bytes(content[:cut])):
        with suppress(Unreadable):
            kind_of(one, "txt")
