"""Who fills the record: ``base`` says what every engine answers, ``rules`` is the offline one."""
