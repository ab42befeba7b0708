"""The oddities of other programs: what is changed in a faultless letter, what is reported, what is read in spite."""

from __future__ import annotations

import re

from divan_libs.ece.values import ClassificationLevel, DeviationCode, Letter, PriorityLevel, ReceiveType, RelationKind

from .specimens import DOC_BYTES, FAULTLESS, PDF_BYTES, TIFF_BYTES, base64_of

D = DeviationCode
NAMESPACE = ' xmlns="http://www.irica.com/ECE/1383-12/SendSchema"'
ONE_RECEIVER = re.search(r"<Receiver [^>]*/>", FAULTLESS).group()
ONE_OTHER = re.search(r"<OtherReceiver [^>]*/>", FAULTLESS).group()
PDF_TEXT = base64_of(PDF_BYTES)
LONG_PDF = PDF_BYTES + bytes(100_000)


def sender_of(one: Letter) -> str:
    return one.sender.organization


def subject_of(one: Letter) -> str:
    return one.subject


CASES = {
    "the root in small letters": (
        [("<Letter xmlns", "<letter xmlns"), ("</Letter>", "</letter>")],
        [(D.ELEMENT_CASE, "letter")],
        subject_of,
        "تعمیر پل",
    ),
    "no namespace": ([(NAMESPACE, "")], [(D.NAMESPACE_MISSING, "Letter")], subject_of, "تعمیر پل"),
    "another namespace": (
        [("1383-12/SendSchema", "1390/Other")],
        [(D.NAMESPACE_OTHER, "Letter")],
        subject_of,
        "تعمیر پل",
    ),
    "a prefix for the namespace": (
        [("<Letter xmlns=", "<e:Letter xmlns:e="), ("</Letter>", "</e:Letter>")],
        [],
        subject_of,
        "تعمیر پل",
    ),
    "the protocol's name in capitals": (
        [('<Protocol Name="ECE"', '<Protocol NAME="ECE"')],
        [(D.ATTRIBUTE_CASE, "Letter/Protocol/@NAME")],
        lambda one: one.protocol_version,
        "1.01",
    ),
    "version 1.0.1 in small letters": (
        [('Version="1.01"', 'version="1.0.1"')],
        [(D.ATTRIBUTE_CASE, "Letter/Protocol/@version"), (D.PROTOCOL_VERSION, "Letter/Protocol/@Version")],
        lambda one: one.protocol_version,
        "1.0.1",
    ),
    "another protocol's name": (
        [('Name="ECE"', 'Name="ece2"')],
        [(D.PROTOCOL_NAME, "Letter/Protocol/@Name")],
        lambda one: one.protocol_version,
        "1.01",
    ),
    "elements in capitals": (
        [("<Subject>", "<SUBJECT>"), ("</Subject>", "</SUBJECT>")],
        [(D.ELEMENT_CASE, "Letter/SUBJECT")],
        subject_of,
        "تعمیر پل",
    ),
    "the number of a related letter spelt NO": (
        [("RelatedLetterNo>", "RelatedLetterNO>")],
        [(D.ELEMENT_CASE, "Letter/RelatedLetters/RelatedLetter/RelatedLetterNO")],
        lambda one: one.related[0].letter_no,
        "12/3",
    ),
    "the code of a relation in small letters": (
        [('<RelationType Name="پیرو" Code', '<RelationType Name="پیرو" code')],
        [(D.ATTRIBUTE_CASE, "Letter/RelatedLetters/RelatedLetter/RelationType/@code")],
        lambda one: one.related[0].kind,
        RelationKind.FOLLOW_UP,
    ),
    "a relation's code of another program": (
        [('Name="پیرو" Code="1"', 'Name="عطف" Code="1"')],
        [(D.RELATION_CODE, "Letter/RelatedLetters/RelatedLetter/RelationType")],
        lambda one: one.related[0].kind,
        RelationKind.REPLY,
    ),
    "an unknown relation": (
        [('Name="پیرو" Code="1"', 'Name="بازگشت" Code="1"')],
        [(D.RELATION_UNKNOWN, "Letter/RelatedLetters/RelatedLetter/RelationType")],
        lambda one: (one.related[0].kind, one.related[0].relation_name),
        (None, "بازگشت"),
    ),
    "an attribute called Any": (
        [('Name="مهتاب آذری"', 'Any="null" Name="مهتاب آذری"')],
        [(D.ATTRIBUTE_UNKNOWN, "Letter/Sender/@Any")],
        lambda one: one.sender.name,
        "مهتاب آذری",
    ),
    "an attribute twice, in two spellings": (
        [('Name="مهتاب آذری"', 'name="دیگری" Name="مهتاب آذری"')],
        [(D.ATTRIBUTE_REPEATED, "Letter/Sender/@name")],
        lambda one: one.sender.name,
        "مهتاب آذری",
    ),
    "no code": (
        [('Name="مهتاب آذری" Code="5"', 'Name="مهتاب آذری"')],
        [(D.ATTRIBUTE_MISSING, "Letter/Sender/@Code")],
        lambda one: one.sender.code,
        "",
    ),
    "an element of somebody's own": (
        [("<Subject>", "<Barcode Type='x'><Deep>1</Deep></Barcode><Subject>")],
        [(D.ELEMENT_UNKNOWN, "Letter/Barcode")],
        subject_of,
        "تعمیر پل",
    ),
    "a subject twice": (
        [("<Subject>", "<Subject>نخست</Subject><Subject>")],
        [(D.ELEMENT_REPEATED, "Letter/Subject[2]")],
        subject_of,
        "نخست",
    ),
    "another order": (
        [("<LetterNo>6-5/46/93</LetterNo>", ""), ("<Priority", "<LetterNo>6-5/46/93</LetterNo><Priority")],
        [(D.ELEMENT_ORDER, "Letter/LetterNo")],
        lambda one: one.letter_no,
        "6-5/46/93",
    ),
    "no number": (
        [("<LetterNo>6-5/46/93</LetterNo>", "")],
        [(D.ELEMENT_MISSING, "Letter/LetterNo")],
        lambda one: one.letter_no,
        "",
    ),
    "text where none belongs": (
        [("<OtherReceivers>", "<OtherReceivers>رونوشت‌ها")],
        [(D.TEXT_UNEXPECTED, "Letter/OtherReceivers")],
        lambda one: len(one.receivers),
        2,
    ),
    "text in the software": ([('00abcd"/>', '00abcd">GAM</Software>')], [], sender_of, "فرمانداری نمونه"),
    "Arabic letters": (
        [('Organization="فرمانداری نمونه"', 'Organization="فرمانداري نمونه"')],
        [(D.LETTERS_FOREIGN, "Letter/Sender/@Organization")],
        sender_of,
        "فرمانداری نمونه",
    ),
    "Arabic letters in a word": (
        [('<Priority Name="عادی" Code="1"', '<Priority Name="خيلي فوري" Code="3"')],
        [(D.LETTERS_FOREIGN, "Letter/Priority/@Name")],
        lambda one: (one.priority.level, one.priority.name),
        (PriorityLevel.IMMEDIATE, "خیلی فوری"),
    ),
    "a name with a trailing semicolon": (
        [('Name="معاون"', 'Name="معاون;"')],
        [(D.NAMES_TRAILING, "Letter/Receiver/@Name")],
        lambda one: one.receivers[0].name,
        "معاون",
    ),
    "a name with a trailing space": (
        [('Name="معاون"', 'Name="معاون "')],
        [(D.NAMES_TRAILING, "Letter/Receiver/@Name")],
        lambda one: one.receivers[0].name,
        "معاون",
    ),
    "codes that are lists": (
        [('Code="8"', 'Code="817;;"')],
        [],
        lambda one: one.receivers[0].code,
        "817;;",
    ),
    "an empty row of receivers": (
        [("</OtherReceivers>", ONE_OTHER.replace('"بخشداری"', '""') + "</OtherReceivers>")],
        [(D.RECEIVER_EMPTY, "Letter/OtherReceivers/OtherReceiver[2]")],
        lambda one: [receiver.organization for receiver in one.receivers],
        ["استانداری نمونه", "بخشداری"],
    ),
    "two main receivers": (
        [(ONE_RECEIVER, ONE_RECEIVER + ONE_RECEIVER.replace("معاون", "مدیر"))],
        [(D.RECEIVER_REPEATED, "Letter/Receiver[2]")],
        lambda one: [(receiver.name, receiver.receive_type) for receiver in one.receivers],
        [("معاون", ReceiveType.MAIN), ("مدیر", ReceiveType.MAIN), ("", ReceiveType.COPY)],
    ),
    "receive types in Persian": (
        [('ReceiveType="Origin"', 'ReceiveType="اصل"'), ('ReceiveType="Copy"', 'ReceiveType="رونوشت"')],
        [
            (D.RECEIVE_TYPE_WORD, "Letter/Receiver/@ReceiveType"),
            (D.RECEIVE_TYPE_WORD, "Letter/OtherReceivers/OtherReceiver/@ReceiveType"),
        ],
        lambda one: [receiver.receive_type for receiver in one.receivers],
        [ReceiveType.MAIN, ReceiveType.COPY],
    ),
    "a referral": (
        [('ReceiveType="Copy"', 'ReceiveType="ارجاء"')],
        [(D.RECEIVE_TYPE_WORD, "Letter/OtherReceivers/OtherReceiver/@ReceiveType")],
        lambda one: one.receivers[1].receive_type,
        ReceiveType.MAIN,
    ),
    "an unknown receive type": (
        [('ReceiveType="Copy"', 'ReceiveType="Bcc"')],
        [(D.RECEIVE_TYPE_UNKNOWN, "Letter/OtherReceivers/OtherReceiver/@ReceiveType")],
        lambda one: one.receivers[1].receive_type,
        ReceiveType.COPY,
    ),
    "a GUID of 32 signs": (
        [("55ddea2e-0000-4000-8000-00000000abcd", "55DDEA2E00004000800000000000ABCD")],
        [(D.GUID_FORM, "Letter/Software/@GUID")],
        lambda one: str(one.software.uuid),
        "55ddea2e-0000-4000-8000-00000000abcd",
    ),
    "a GUID in braces": (
        [("55ddea2e-0000-4000-8000-00000000abcd", "{55ddea2e-0000-4000-8000-00000000abcd}")],
        [(D.GUID_FORM, "Letter/Software/@GUID")],
        lambda one: str(one.software.uuid),
        "55ddea2e-0000-4000-8000-00000000abcd",
    ),
    "a priority's code of another program": (
        [('<Priority Name="عادی" Code="1"', '<Priority Name="فوری" Code="22"')],
        [(D.PRIORITY_CODE, "Letter/Priority")],
        lambda one: (one.priority.level, one.priority.code),
        (PriorityLevel.URGENT, "22"),
    ),
    "the office's word for the highest urgency": (
        [('<Priority Name="عادی" Code="1"', '<Priority Name="آنی" Code="3"')],
        [],
        lambda one: one.priority.level,
        PriorityLevel.IMMEDIATE,
    ),
    "an urgency by its code alone": (
        [('<Priority Name="عادی" Code="1"', '<Priority Name="" Code="2"')],
        [(D.PRIORITY_CODE, "Letter/Priority")],
        lambda one: one.priority.level,
        PriorityLevel.URGENT,
    ),
    "an unknown urgency": (
        [('<Priority Name="عادی" Code="1"', '<Priority Name="سفارشی" Code="3"')],
        [(D.PRIORITY_UNKNOWN, "Letter/Priority")],
        lambda one: (one.priority.level, one.priority.name),
        (PriorityLevel.NORMAL, "سفارشی"),
    ),
    "an unknown classification": (
        [('<Classification Name="عادی" Code="1"', '<Classification Name="ویژه" Code="1"')],
        [(D.CLASSIFICATION_UNKNOWN, "Letter/Classification")],
        lambda one: (one.classification.level, one.classification.name),
        (ClassificationLevel.HIGHLY_CONFIDENTIAL, "ویژه"),
    ),
    "a classification that contradicts itself": (
        [('<Classification Name="عادی" Code="1"', '<Classification Name="عادی" Code="2"')],
        [(D.CLASSIFICATION_CODE, "Letter/Classification")],
        lambda one: one.classification.level,
        ClassificationLevel.CONFIDENTIAL,
    ),
    "a classification by its code alone": (
        [('<Classification Name="عادی" Code="1"', '<Classification Name="" Code="1"')],
        [(D.CLASSIFICATION_CODE, "Letter/Classification")],
        lambda one: one.classification.level,
        ClassificationLevel.NORMAL,
    ),
    "a secret letter": (
        [('<Classification Name="عادی" Code="1"', '<Classification Name="به‌کلي سري" Code="9"')],
        [(D.CLASSIFICATION_CODE, "Letter/Classification"), (D.LETTERS_FOREIGN, "Letter/Classification/@Name")],
        lambda one: one.classification.level,
        ClassificationLevel.TOP_SECRET,
    ),
    "no classification": (
        [('<Classification Name="عادی" Code="1"/>', "")],
        [(D.CLASSIFICATION_UNKNOWN, "Letter/Classification"), (D.ELEMENT_MISSING, "Letter/Classification")],
        lambda one: one.classification.level,
        ClassificationLevel.HIGHLY_CONFIDENTIAL,
    ),
    "a keyword in an attribute": (
        [("<Keyword>پل</Keyword>", '<Keyword Keyword="راه"/>')],
        [(D.KEYWORD_ATTRIBUTE, "Letter/Keywords/Keyword/@Keyword")],
        lambda one: one.keywords,
        ("راه",),
    ),
    "an extension with its dot": (
        [('Extension="pdf"', 'Extension=".pdf"')],
        [(D.EXTENSION_DOT, "Letter/Origins/Origin/@Extension")],
        lambda one: (one.origins[0].media_type, one.origins[0].declared_extension),
        ("application/pdf", ".pdf"),
    ),
    "an extension in capitals": (
        [('Extension="pdf"', 'Extension="PDF"')],
        [(D.EXTENSION_CASE, "Letter/Origins/Origin/@Extension")],
        lambda one: one.origins[0].media_type,
        "application/pdf",
    ),
    "a type in capitals": (
        [('ContentType="application/pdf"', 'ContentType="Application/PDF"')],
        [(D.CONTENT_TYPE_CASE, "Letter/Origins/Origin/@ContentType")],
        lambda one: one.origins[0].media_type,
        "application/pdf",
    ),
    "a picture that is a PDF": (
        [('ContentType="application/pdf" Extension="pdf"', 'ContentType="image/tiff" Extension="tif"')],
        [
            (D.CONTENT_TYPE_DIFFERS, "Letter/Origins/Origin/@ContentType"),
            (D.EXTENSION_DIFFERS, "Letter/Origins/Origin/@Extension"),
        ],
        lambda one: (one.origins[0].media_type, one.origins[0].declared_type),
        ("application/pdf", "image/tiff"),
    ),
    "a program that calls itself a PDF": (
        [(PDF_TEXT, base64_of(b"MZ\x90\0" + b"%PDF-1.7"))],
        [
            (D.CONTENT_TYPE_DIFFERS, "Letter/Origins/Origin/@ContentType"),
            (D.EXTENSION_DIFFERS, "Letter/Origins/Origin/@Extension"),
        ],
        lambda one: one.origins[0].media_type,
        "application/x-msdownload",
    ),
    "bytes of no known type": (
        [(PDF_TEXT, base64_of(b"\0\x01\x02\xff"))],
        [(D.TYPE_UNKNOWN, "Letter/Origins/Origin")],
        lambda one: one.origins[0].media_type,
        "application/octet-stream",
    ),
    "an old Word file": (
        [(PDF_TEXT, base64_of(DOC_BYTES)), ('application/pdf" Extension="pdf', 'application/msword" Extension="doc')],
        [],
        lambda one: one.origins[0].media_type,
        "application/msword",
    ),
    "an empty page instead of a body": (
        [
            (PDF_TEXT, base64_of(TIFF_BYTES)),
            (
                'application/pdf" Extension="pdf" Description="متن نامه"',
                'image/tiff" Extension="tif" Description="متن خالی"',
            ),
        ],
        [(D.PART_PLACEHOLDER, "Letter/Origins/Origin")],
        lambda one: one.origins[0].is_placeholder,
        True,
    ),
    "base64 in one line of 100 kB": (
        [(PDF_TEXT, base64_of(LONG_PDF))],
        [(D.BASE64_UNBROKEN, "Letter/Origins/Origin")],
        lambda one: one.origins[0].content.read(),
        LONG_PDF,
    ),
    "an empty file": (
        [("<Attachments>", '<Attachments><Attachment ContentType="" Extension="" Description=""> </Attachment>')],
        [(D.PART_EMPTY, "Letter/Attachments/Attachment")],
        lambda one: len(one.attachments),
        1,
    ),
    "a declaration in single quotes": (
        [('<?xml version="1.0" encoding="UTF-8"?>', "<?xml version='1.0' encoding='UTF-8'?>")],
        [(D.DECLARATION_QUOTES, "")],
        subject_of,
        "تعمیر پل",
    ),
    "an instruction for a browser": (
        [("<Letter xmlns", "<?xml-stylesheet href='http://192.0.2.1/x.xsl'?><Letter xmlns")],
        [(D.PROCESSING_INSTRUCTION, "")],
        subject_of,
        "تعمیر پل",
    ),
    "a Jalali date that says so": (
        [('ShowAs="gregorian">2014-08-11T11:53:00', 'ShowAs="jalali">1393/05/20')],
        [(D.DATE_FORM, "Letter/LetterDateTime")],
        lambda one: (str(one.written_at.at.date()), one.written_at.has_time, one.written_at.text),
        ("2014-08-11", False, "1393/05/20"),
    ),
    "a Jalali date that calls itself Gregorian": (
        [("2014-08-11T11:53:00", "1393-05-20T11:53:00")],
        [(D.DATE_CALENDAR, "Letter/LetterDateTime")],
        lambda one: (one.written_at.at.isoformat(), one.written_at.shown_as.value),
        ("2014-08-11T11:53:00+04:30", "gregorian"),
    ),
    "a Gregorian date that calls itself Jalali": (
        [('ShowAs="gregorian">2014-08-11', 'ShowAs="jalali">2014-08-11')],
        [(D.DATE_CALENDAR, "Letter/LetterDateTime")],
        lambda one: (one.written_at.at.isoformat(), one.written_at.shown_as.value),
        ("2014-08-11T11:53:00+04:30", "jalali"),
    ),
    "a date said to be hijri": (
        [('ShowAs="gregorian">2014-08-11T11:53:00', 'ShowAs="hijri">1393/05/20')],
        [(D.DATE_CALENDAR, "Letter/LetterDateTime"), (D.DATE_FORM, "Letter/LetterDateTime")],
        lambda one: str(one.written_at.at.date()),
        "2014-08-11",
    ),
    "a calendar in capitals": (
        [('ShowAs="gregorian">2014-08-11', 'ShowAs="Gregorian">2014-08-11')],
        [(D.DATE_SHOWN_AS, "Letter/LetterDateTime/@ShowAs")],
        lambda one: one.written_at.shown_as.value,
        "gregorian",
    ),
    "a date in words": (
        [("2014-08-11T11:53:00", "بیستم مرداد")],
        [(D.DATE_UNREADABLE, "Letter/LetterDateTime")],
        lambda one: (one.written_at.at, one.written_at.text),
        (None, "بیستم مرداد"),
    ),
}
