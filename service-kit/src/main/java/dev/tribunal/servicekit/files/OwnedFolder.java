package dev.tribunal.servicekit.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A folder that lasts no longer than the process that works in it: scratch space, or what becomes a finished folder by
 * {@link #publish}.
 *
 * <p>The folder is named {@code .tribunal-PURPOSE-RANDOM}, and a file beside it, {@code .tribunal-PURPOSE-RANDOM.lock},
 * is locked for as long as the folder is in use. The kernel gives the lock back when the process ends, however it ends
 * and in whichever container it ran, so a folder whose lock is free is left over: {@link #sweep} deletes it. Two
 * processes on one volume never take each other's folders for left over.
 */
public final class OwnedFolder implements AutoCloseable {

    private static final Pattern NAME = Pattern.compile("\\.tribunal-(?<purpose>.+)-[0-9a-f]{16}(?<lock>\\.lock)?");
    private static final Pattern NOT_IN_A_NAME = Pattern.compile("[^A-Za-z0-9._@-]");

    /**
     * The locks that this process holds. Opening and closing such a file once more would give its lock back: POSIX locks
     * belong to a process, not to a descriptor.
     */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path folder;
    private final Path lockFile;
    private final FileChannel lock;

    private OwnedFolder(Path folder, Path lockFile, FileChannel lock) {
        this.folder = folder;
        this.lockFile = lockFile;
        this.lock = lock;
    }

    /**
     * Makes an empty folder, readable by its owner alone.
     *
     * @param parent is made if it does not exist
     * @param purpose part of the folder's name, for people who find it
     */
    public static OwnedFolder create(Path parent, String purpose) throws IOException {
        Path real = Files.createDirectories(parent).toRealPath();
        String prefix = ".tribunal-" + NOT_IN_A_NAME.matcher(purpose).replaceAll("_") + "-";
        while (true) {
            String random =
                    HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
            Path folder = real.resolve(prefix + random);
            OwnedFolder owned = tryCreate(folder, lockFile(folder));
            if (owned != null) {
                return owned;
            }
        }
    }

    private static @Nullable OwnedFolder tryCreate(Path folder, Path lockFile) throws IOException {
        HELD.add(lockFile); // before the file is there: no sweep of this process opens it
        FileChannel lock = null;
        boolean owned = false;
        try {
            lock = FileChannel.open(
                    lockFile, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
            lock.lock();
            if (!Files.exists(lockFile)) {
                return null; // another process swept it between the two lines above
            }
            Files.createDirectory(folder);
            if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
            }
            owned = true;
            return new OwnedFolder(folder, lockFile, lock);
        } finally {
            if (!owned) {
                Files.deleteIfExists(lockFile);
                if (lock != null) {
                    lock.close();
                }
                HELD.remove(lockFile);
            }
        }
    }

    public Path path() {
        return folder;
    }

    /**
     * Moves one file or folder out of this one to its place, in one step: it is there as a whole or not at all.
     *
     * @param content something in this folder
     * @param target on the same file system; what is there already must be a file or an empty folder
     */
    public void publish(Path content, Path target) throws IOException {
        Files.move(content, target, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Deletes the folder. */
    @Override
    public void close() {
        try {
            delete(folder);
            Files.deleteIfExists(lockFile);
            lock.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + folder + ": " + e, e);
        } finally {
            HELD.remove(lockFile);
        }
    }

    /** As {@link #sweep(Path, String, Consumer)}, for every purpose. */
    public static List<Path> sweep(Path parent) {
        return sweep(parent, null, dead -> {});
    }

    /**
     * Deletes the folders directly in {@code parent} that a process left when it was killed. What cannot be deleted
     * stays, and the next sweep tries again.
     *
     * @param purpose only folders made for it; null for all
     * @param first told each folder before it is deleted
     * @return the folders that were deleted
     */
    public static List<Path> sweep(Path parent, @Nullable String purpose, Consumer<Path> first) {
        List<Path> deleted = new ArrayList<>();
        try (Stream<Path> listing = Files.list(parent.toRealPath())) {
            for (Path entry : listing.sorted().toList()) {
                Matcher name = NAME.matcher(entry.getFileName().toString());
                if (!name.matches() || purpose != null && !name.group("purpose").equals(purpose) || !isOurs(entry)) {
                    continue;
                }
                if (name.group("lock") == null) {
                    if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS) && deleteIfDead(entry, first)) {
                        deleted.add(entry);
                    }
                } else {
                    Path folder =
                            entry.resolveSibling(entry.getFileName().toString().replaceFirst("\\.lock$", ""));
                    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
                        deleteIfDead(folder, gone -> {});
                    }
                }
            }
        } catch (IOException unreadable) {
            return deleted; // such as a folder that does not exist yet
        }
        return deleted;
    }

    private static boolean deleteIfDead(Path folder, Consumer<Path> first) {
        Path lockFile = lockFile(folder);
        if (HELD.contains(lockFile)) {
            return false;
        }
        try (FileChannel channel = FileChannel.open(
                lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
            FileLock free = channel.tryLock();
            if (free == null) {
                return false;
            }
            first.accept(folder);
            delete(folder);
            Files.deleteIfExists(lockFile);
            return true;
        } catch (IOException | OverlappingFileLockException e) {
            return false;
        }
    }

    /** In a folder for everybody, such as /tmp, others may leave what has our names. */
    private static boolean isOurs(Path entry) throws IOException {
        Path self = Path.of("/proc/self");
        try {
            return !Files.exists(self)
                    || Objects.equals(Files.getOwner(self), Files.getOwner(entry, LinkOption.NOFOLLOW_LINKS));
        } catch (NoSuchFileException gone) {
            return false;
        }
    }

    private static Path lockFile(Path folder) {
        return folder.resolveSibling(folder.getFileName() + ".lock");
    }

    /** Links are deleted, not followed. */
    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException problem)
                    throws IOException {
                Files.deleteIfExists(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
