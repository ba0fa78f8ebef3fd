package dev.tribunal.judge.rules.code;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * What a program may not ask of the kernel: a filter for seccomp, in classic BPF (Linux, filter.txt and
 * seccomp_filter.rst).
 *
 * <p>Namespaces, limits and a read-only file system do most of the work. This adds what they leave open: new user
 * namespaces, which open up much of the kernel; memory that no limit counts (System V, memfd); sockets of other
 * families, such as VSOCK, which no network namespace holds; tracing; and what only administrators need.
 */
final class SystemCallFilter {

    /** Numbers of a call by architecture; -1 where it has none. */
    private record Call(String name, int amd64, int arm64) {}

    private static final List<Call> REFUSED = List.of(
            new Call("ptrace", 101, 117),
            new Call("process_vm_readv", 310, 270),
            new Call("process_vm_writev", 311, 271),
            new Call("process_madvise", 440, 440),
            new Call("kcmp", 312, 272),
            new Call("pidfd_getfd", 438, 438),
            new Call("io_uring_setup", 425, 425),
            new Call("io_uring_enter", 426, 426),
            new Call("io_uring_register", 427, 427),
            new Call("bpf", 321, 280),
            new Call("perf_event_open", 298, 241),
            new Call("userfaultfd", 323, 282),
            new Call("keyctl", 250, 219),
            new Call("add_key", 248, 217),
            new Call("request_key", 249, 218),
            new Call("mount", 165, 40),
            new Call("umount2", 166, 39),
            new Call("pivot_root", 155, 41),
            new Call("chroot", 161, 51),
            new Call("open_tree", 428, 428),
            new Call("move_mount", 429, 429),
            new Call("fsopen", 430, 430),
            new Call("fsconfig", 431, 431),
            new Call("fsmount", 432, 432),
            new Call("fspick", 433, 433),
            new Call("mount_setattr", 442, 442),
            new Call("unshare", 272, 97),
            new Call("setns", 308, 268),
            new Call("shmget", 29, 194),
            new Call("shmat", 30, 196),
            new Call("semget", 64, 190),
            new Call("msgget", 68, 186),
            new Call("mq_open", 240, 180),
            new Call("memfd_create", 319, 279),
            new Call("memfd_secret", 447, 447),
            new Call("name_to_handle_at", 303, 264),
            new Call("open_by_handle_at", 304, 265),
            new Call("init_module", 175, 105),
            new Call("finit_module", 313, 273),
            new Call("delete_module", 176, 106),
            new Call("kexec_load", 246, 104),
            new Call("kexec_file_load", 320, 294),
            new Call("reboot", 169, 142),
            new Call("swapon", 167, 224),
            new Call("swapoff", 168, 225),
            new Call("acct", 163, 89),
            new Call("quotactl", 179, 60),
            new Call("syslog", 103, 116),
            new Call("vhangup", 153, 58),
            new Call("fanotify_init", 300, 262),
            new Call("move_pages", 279, 239),
            new Call("migrate_pages", 256, 238),
            new Call("iopl", 172, -1),
            new Call("ioperm", 173, -1),
            new Call("modify_ldt", 154, -1));

    private static final Call CLONE = new Call("clone", 56, 220);
    private static final Call CLONE3 = new Call("clone3", 435, 435);
    private static final Call SOCKET = new Call("socket", 41, 198);

    /** AF_UNIX, AF_INET and AF_INET6. */
    private static final int[] SOCKET_FAMILIES = {1, 2, 10};

    /** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET. */
    private static final int NEW_NAMESPACES = 0x7e02_0000;

    private static final int ARCHITECTURE = 4; // offsets in struct seccomp_data
    private static final int NUMBER = 0;
    private static final int FIRST_ARGUMENT = 16; // its low half: both architectures are little-endian
    private static final int X32 = 0x4000_0000;

    private static final int LOAD = 0x20;
    private static final int IF_EQUAL = 0x15;
    private static final int IF_AT_LEAST = 0x35;
    private static final int IF_ANY_BIT = 0x45;
    private static final int RETURN = 0x06;

    private static final int ALLOW = 0x7fff_0000;
    private static final int KILL = 0x8000_0000;
    private static final int EPERM = 0x0005_0000 | 1;
    private static final int ENOSYS = 0x0005_0000 | 38;
    private static final int EAFNOSUPPORT = 0x0005_0000 | 97;

    private final ByteBuffer program = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
    private final boolean amd64;

    private SystemCallFilter(boolean amd64) {
        this.amd64 = amd64;
    }

    /** @throws SandboxException for another architecture than {@code amd64} and {@code aarch64} */
    static byte[] forArchitecture(String name) throws SandboxException {
        return switch (name) {
            case "amd64" -> new SystemCallFilter(true).write();
            case "aarch64" -> new SystemCallFilter(false).write();
            default -> throw new SandboxException("there is no filter of system calls for " + name);
        };
    }

    private byte[] write() {
        add(LOAD, ARCHITECTURE);
        add(IF_EQUAL, amd64 ? 0xc000_003e : 0xc000_00b7, 1, 0);
        add(RETURN, KILL);
        add(LOAD, NUMBER);
        if (amd64) {
            add(IF_AT_LEAST, X32, 0, 1);
            add(RETURN, EPERM);
        }
        for (Call call : REFUSED) {
            answer(call, EPERM);
        }
        // Its flags lie in memory, where no filter sees them; C libraries then fall back on clone.
        answer(CLONE3, ENOSYS);
        add(IF_EQUAL, number(CLONE), 0, 4);
        add(LOAD, FIRST_ARGUMENT);
        add(IF_ANY_BIT, NEW_NAMESPACES, 0, 1);
        add(RETURN, EPERM);
        add(RETURN, ALLOW);
        add(IF_EQUAL, number(SOCKET), 0, 2 + SOCKET_FAMILIES.length);
        add(LOAD, FIRST_ARGUMENT);
        for (int i = 0; i < SOCKET_FAMILIES.length; i++) {
            add(IF_EQUAL, SOCKET_FAMILIES[i], SOCKET_FAMILIES.length - i, 0);
        }
        add(RETURN, EAFNOSUPPORT);
        add(RETURN, ALLOW);
        byte[] bytes = new byte[program.position()];
        program.flip().get(bytes);
        return bytes;
    }

    private void answer(Call call, int action) {
        if (number(call) >= 0) {
            add(IF_EQUAL, number(call), 0, 1);
            add(RETURN, action);
        }
    }

    private int number(Call call) {
        return amd64 ? call.amd64() : call.arm64();
    }

    private void add(int code, int value) {
        add(code, value, 0, 0);
    }

    /** A struct sock_filter; the jumps count instructions that are left out. */
    private void add(int code, int value, int ifTrue, int ifFalse) {
        program.putShort((short) code).put((byte) ifTrue).put((byte) ifFalse).putInt(value);
    }
}
