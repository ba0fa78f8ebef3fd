package dev.tribunal.local.platform;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The folder that holds all of a platform's data: database, checkpoints, logs and secrets. One platform at a time uses
 * it; the lock goes with the process, however it ends.
 */
public final class Home implements AutoCloseable {

    private static final int SECRET_BYTES = 24;

    private final Path folder;
    private final FileChannel lockFile;

    private Home(Path folder, FileChannel lockFile) {
        this.folder = folder;
        this.lockFile = lockFile;
    }

    /** The home if none is named. */
    public static Path defaultFolder() {
        return Path.of(System.getProperty("user.home"), ".tribunal");
    }

    /**
     * Opens the home for this process alone; makes it if it does not exist.
     *
     * @throws PlatformException if a running platform uses it
     */
    public static Home open(Path folder) {
        Path home = folder.toAbsolutePath().normalize();
        if (Files.exists(home) && !Files.isDirectory(home)) {
            throw new PlatformException(home + " is a file; --home needs a folder");
        }
        PrivateFiles.createFolder(home);
        try {
            FileChannel channel =
                    FileChannel.open(home.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (tryLock(channel) == null) {
                channel.close();
                throw new PlatformException(home + " is in use by a running platform"
                        + Address.find(home)
                                .map(address -> " at " + address.url())
                                .orElse("")
                        + "; stop that one, or choose another folder with --home");
            }
            // What a killed platform left behind.
            Address.withdraw(home);
            return new Home(home, channel);
        } catch (IOException e) {
            throw new PlatformException("cannot use " + home + " as home: " + e, e);
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException inThisProcess) {
            return null;
        }
    }

    public Path folder() {
        return folder;
    }

    public Path logs() {
        return folder.resolve("logs");
    }

    /** A secret that is drawn once and kept: {@code token}, {@code postgres-password}. */
    String secret(String name) {
        Path file = folder.resolve(name);
        try {
            if (!Files.exists(file)) {
                byte[] bytes = new byte[SECRET_BYTES];
                new SecureRandom().nextBytes(bytes);
                PrivateFiles.write(file, HexFormat.of().formatHex(bytes));
            }
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    @Override
    public void close() {
        try {
            lockFile.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
