"""Which fields are sealed under the person's key, by the names that bind a ciphertext to its place."""

PHONE = "persons_identity.phone"
REAL_NAME = "persons_identity.real_name"
ID_NUMBER = "persons_identity.id_number"
DETAIL = "persons_rights_request.detail"
ADDRESS = "persons_sms_code.address"
SMS_CODE = "persons_sms_code.code"
ONE_TIME = "persons_one_time_code.code"

INDEXED = (PHONE, ID_NUMBER, ADDRESS, SMS_CODE, ONE_TIME)
"""The fields that are found by their keyed hash."""
