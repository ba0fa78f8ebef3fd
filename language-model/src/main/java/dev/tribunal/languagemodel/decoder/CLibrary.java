package dev.tribunal.languagemodel.decoder;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/** The C library's settings that libtorch's speed hangs on. Where a library lacks a function, nothing happens. */
final class CLibrary {

    // glibc's malloc.h
    private static final int M_TRIM_THRESHOLD = -1;
    private static final int M_TOP_PAD = -2;
    private static final int M_MMAP_THRESHOLD = -3;
    private static final int M_ARENA_MAX = -8;

    private static final int NEVER = -1;
    private static final int QUARTER_GIBIBYTE = 1 << 28;

    private CLibrary() {}

    /** For libraries that read it when they are loaded; Java's own environment stays as it is. */
    static void setEnvironmentUnlessSet(String name, String value) {
        function("setenv", ADDRESS, ADDRESS, JAVA_INT).ifPresent(setenv -> {
            int keep = 0;
            try (Arena arena = Arena.ofConfined()) {
                int ignored = (int) setenv.invokeExact(arena.allocateFrom(name), arena.allocateFrom(value), keep);
            } catch (Throwable unexpected) {
                throw new IllegalStateException("setenv failed", unexpected);
            }
        });
    }

    /**
     * Has {@code free} keep memory for the next {@code malloc}. Otherwise glibc asks the kernel for every large tensor
     * anew, page by page: of a bf16 forward and backward pass that took more than a third of the time.
     */
    static void keepFreedMemory() {
        function("mallopt", JAVA_INT, JAVA_INT).ifPresent(mallopt -> {
            set(mallopt, M_ARENA_MAX, 1);
            set(mallopt, M_MMAP_THRESHOLD, 1 << 25);
            set(mallopt, M_TRIM_THRESHOLD, NEVER);
            // Heaps of threads, at most 64 MiB each, are given back unless more than that is to be kept in reserve.
            set(mallopt, M_TOP_PAD, QUARTER_GIBIBYTE);
        });
    }

    private static void set(MethodHandle mallopt, int parameter, int value) {
        try {
            int ignored = (int) mallopt.invokeExact(parameter, value);
        } catch (Throwable unexpected) {
            throw new IllegalStateException("mallopt failed", unexpected);
        }
    }

    /** Gives what is free back to the kernel: for when a model has gone. */
    static void releaseFreedMemory() {
        function("malloc_trim", JAVA_LONG).ifPresent(trim -> {
            long nothing = 0;
            try {
                int ignored = (int) trim.invokeExact(nothing);
            } catch (Throwable unexpected) {
                throw new IllegalStateException("malloc_trim failed", unexpected);
            }
        });
    }

    private static Optional<MethodHandle> function(String name, MemoryLayout... arguments) {
        Linker linker = Linker.nativeLinker();
        return linker.defaultLookup()
                .find(name)
                .map(address -> linker.downcallHandle(address, FunctionDescriptor.of(JAVA_INT, arguments)));
    }
}
