"""The engine process: inherited file descriptors, its end, and the release of replicas."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from arena_ext.crdt.engine_process import EngineProcess
from arena_ext.crdt.engine_protocol import Op
from arena_ext.protocol.errors import EngineFailed
from tests.support.people import DEADLINE
from tests.support.replicas import fresh_replica

ON_LINUX = pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="reads /proc")


def test_the_server_never_loads_the_engine() -> None:
    program = "import sys, arena_ext.app; sys.exit('pycrdt' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@ON_LINUX
def test_it_inherits_pipes_and_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTER_TOKEN", "a-secret-of-the-host")
    with open(os.devnull) as kept, EngineProcess() as process:  # noqa: PTH123
        os.set_inheritable(kept.fileno(), True)
        with EngineProcess() as other:
            for each in (process, other):
                assert b"a-secret" not in Path(f"/proc/{each.pid}/environ").read_bytes()
                files = [str(path.readlink()) for path in Path(f"/proc/{each.pid}/fd").iterdir()]
                assert sum(file.startswith("pipe:") for file in files) >= 2
                assert os.devnull not in files
                assert not any(file.startswith("socket:") for file in files)


def test_ctrl_c_is_not_for_it() -> None:
    with EngineProcess() as process:
        os.kill(process.pid, signal.SIGINT)
        assert process.new(5) == 0
        assert process.alive


@pytest.mark.parametrize("how", ["os.kill(os.getpid(), signal.SIGKILL)", "os._exit(0)", ""])
def test_it_ends_when_the_server_does(how: str) -> None:
    program = (
        "import os, signal\n"
        "from arena_ext.crdt.engine_process import EngineProcess\n"
        "process = EngineProcess()\n" + how
    )
    # A process that is left behind would keep this pipe open, and `run` would time out.
    subprocess.run(
        [sys.executable, "-c", program], stderr=subprocess.PIPE, timeout=DEADLINE, check=False
    )


def test_a_replica_that_nobody_has_is_forgotten() -> None:
    replica = fresh_replica()
    process, number = replica._process, replica._number
    assert process.ask(Op.TEXT, number, "code") == b""
    del replica
    gc.collect()
    with pytest.raises(EngineFailed):
        process.ask(Op.TEXT, number, "code")
