"""The cast: every person of the rehearsal is invented; national codes begin with 999, which no place issues."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from divan_libs.persian.identifiers import national_code_with_check_digit


@dataclass(frozen=True, slots=True, kw_only=True)
class CastMember:
    """An invented person: what the rehearsal's registers know, and the post held in the demo province, if any.

    ``key`` names the part in addresses and commands; ``post`` is the code of a post of the demo's tree of bodies.
    """

    key: str
    national_code: str
    first_name: str
    last_name: str
    father_name: str
    birth_date: date
    mobile: str
    part_fa: str
    part_en: str
    post: str = ""

    @property
    def full_name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}"


def _member(serial: int, **known: object) -> CastMember:
    return CastMember(
        national_code=national_code_with_check_digit(f"999{serial:06d}"),
        mobile=f"0999{serial:07d}",
        **known,  # type: ignore[arg-type]  # the literals below are the fields
    )


VILLAGE = "1503050001219674"
DISTRICT = "150305"
OTHER_DISTRICT = "150302"
COUNTY = "1503"
PROVINCE = "15"

CAST: tuple[CastMember, ...] = (
    _member(
        100001,
        key="villager",
        first_name="زهرا",
        last_name="رستمی",
        father_name="علی",
        birth_date=date(1989, 5, 12),
        part_fa="روستایی (متقاضی)",
        part_en="Villager (applicant)",
    ),
    _member(
        100002,
        key="village-head",
        first_name="کریم",
        last_name="صفری",
        father_name="حسن",
        birth_date=date(1978, 2, 3),
        part_fa="دهیار",
        part_en="Village head",
        post="village-head-of-village",
    ),
    _member(
        100003,
        key="district-head",
        first_name="نادر",
        last_name="بیرانوند",
        father_name="مراد",
        birth_date=date(1974, 9, 21),
        part_fa="بخشدار",
        part_en="District head",
        post="district-head-of-district",
    ),
    _member(
        100004,
        key="ict-expert",
        first_name="مریم",
        last_name="کاظمی",
        father_name="رضا",
        birth_date=date(1991, 7, 30),
        part_fa="کارشناس اداره‌کل ارتباطات",
        part_en="Expert of the ICT directorate",
        post="ict-expert",
    ),
    _member(
        100005,
        key="ict-deputy",
        first_name="سعید",
        last_name="مرادی",
        father_name="ابراهیم",
        birth_date=date(1980, 12, 1),
        part_fa="معاون اداره‌کل ارتباطات",
        part_en="Deputy of the ICT directorate",
        post="ict-deputy",
    ),
    _member(
        100006,
        key="ict-director",
        first_name="لیلا",
        last_name="احمدی",
        father_name="محمود",
        birth_date=date(1972, 4, 17),
        part_fa="مدیرکل ارتباطات و فناوری اطلاعات",
        part_en="Director general of ICT",
        post="ict-director",
    ),
    _member(
        100007,
        key="secretariat",
        first_name="فاطمه",
        last_name="نوری",
        father_name="اکبر",
        birth_date=date(1986, 1, 9),
        part_fa="متصدی دبیرخانه",
        part_en="Secretariat clerk",
        post="ict-secretariat",
    ),
    _member(
        100008,
        key="governor-officer",
        first_name="بهرام",
        last_name="ساکی",
        father_name="یوسف",
        birth_date=date(1976, 11, 25),
        part_fa="کارشناس استانداری",
        part_en="Officer of the governor",
        post="governor-officer",
    ),
    _member(
        100009,
        key="integrator",
        first_name="پریسا",
        last_name="دریکوند",
        father_name="جواد",
        birth_date=date(1993, 3, 14),
        part_fa="راهبر تبادل اطلاعات",
        part_en="Integrator of the exchange",
        post="exchange-integrator",
    ),
    _member(
        100010,
        key="outsider",
        first_name="امید",
        last_name="شریفی",
        father_name="کاوه",
        birth_date=date(1998, 8, 8),
        part_fa="شهروندی دیگر",
        part_en="Another citizen",
    ),
    _member(
        100041,
        key="finance-officer",
        first_name="شیرین",
        last_name="پاپی",
        father_name="قاسم",
        birth_date=date(1984, 6, 19),
        part_fa="امور مالی اداره‌کل ارتباطات",
        part_en="Finance officer of the ICT directorate",
        post="ict-finance",
    ),
)


def member(key: str) -> CastMember:
    """Return the member of the cast with this key.

    :raises KeyError: if there is none.
    """
    return {one.key: one for one in CAST}[key]


def by_national_code(national_code: str) -> CastMember | None:
    """Return the member with this national code, or None."""
    return next((one for one in CAST if one.national_code == national_code), None)
