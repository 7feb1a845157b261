"""What is said when something that was given cannot be used."""


class Refused(ValueError):
    """Where, what is wrong, and the mend. Nothing was changed."""

    def __init__(self, where: str, wrong: str, mend: str) -> None:
        super().__init__(f"{where}: {wrong}. {mend}")
        self.where, self.wrong, self.mend = where, wrong, mend

    def __reduce__(self) -> tuple[type["Refused"], tuple[str, str, str]]:
        return Refused, (self.where, self.wrong, self.mend)
