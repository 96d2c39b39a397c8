"""Become another program, as another account, that dies with the process that asked for it.

Run as `python -I -S tether.py SIGNAL PARENT UID GID -- PROGRAM ARGUMENT...`; the pid stays the
same through the change. SIGNAL 0 leaves the program untied; UID -1 keeps the account.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Drop to the account, tie to the parent, and turn into the program."""
    farewell, parent, uid, gid = (int(word) for word in sys.argv[1:5])
    program = sys.argv[6:]
    if uid >= 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if farewell and sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, farewell)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)
    os.execv(program[0], program)


main()
