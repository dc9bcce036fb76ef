"""Files in a bucket of a service that speaks S3, as private there as in a folder of ours.

None is made public, and no signed address is made of any: the pages that give files check who asks,
read the file with our key and pass it on.
"""

from typing import Any, NoReturn

from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from storages.backends.s3 import S3Storage

# What the client of S3 raises: of the service, of the way to it, of an upload.
BUCKET_ERRORS = (Boto3Error, BotoCoreError, ClientError)
CONFIG = Config(
    s3={
        "addressing_style": "path"
    },  # the bucket is no part of the host's name, nor of its certificate
    signature_version="s3v4",
    connect_timeout=5,
    read_timeout=20,
    retries={"mode": "standard", "total_max_attempts": 3},
    # Of others than Amazon not all know the digests that it came to ask for.
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)


class PrivateBucket(S3Storage):
    """A bucket of which only our key reads anything."""

    def __init__(self, **options: Any) -> None:
        ours = {
            "client_config": CONFIG,
            "default_acl": None,  # its owner's alone, as the bucket has it; some refuse to be asked
            "file_overwrite": False,
            "max_memory_size": 2 * 1024 * 1024,  # of a file that is read, the rest is on the disk
            "security_token": None,  # and no other key, whatever the environment holds
            "session_profile": None,
        }
        super().__init__(**options | ours)

    @property
    def place(self) -> str:
        """The address of the bucket, which holds no key."""
        return f"{self.endpoint_url}/{self.bucket_name}"

    def url(self, name: str, *args: Any, **options: Any) -> NoReturn:
        raise ValueError("Files are given by pages that check who asks, never by an address.")
