package dev.tribunal.local.cli.demo;

import dev.tribunal.local.platform.Home;
import dev.tribunal.local.platform.Platform;
import dev.tribunal.local.platform.PlatformException;
import dev.tribunal.servicekit.files.DiskSpace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.util.FileSystemUtils;

/** What demos leave on the disk: each has a home of its own, with its database and checkpoints. */
final class DemoFolders {

    private DemoFolders() {}

    /**
     * @param deleted folders
     * @param bytes that they had
     * @param inUse folders that a platform runs on, which stay
     */
    record Cleaned(List<String> deleted, long bytes, List<String> inUse) {

        List<String> lines() {
            List<String> lines = new ArrayList<>();
            deleted.forEach(folder -> lines.add("deleted " + folder));
            inUse.forEach(folder -> lines.add("kept    " + folder + ", where a platform runs"));
            lines.add(DiskSpace.size(bytes) + " freed");
            return lines;
        }
    }

    /** @param all the folder of the demos' homes; only what is a home is deleted */
    static Cleaned clean(Path all) {
        List<String> deleted = new ArrayList<>();
        List<String> inUse = new ArrayList<>();
        long bytes = 0;
        for (Path folder : homes(all)) {
            try (Home home = Home.open(folder)) {
                long size = size(home.folder());
                Platform.stopLeftover(home.folder());
                FileSystemUtils.deleteRecursively(home.folder());
                bytes += size;
                deleted.add(folder.toString());
            } catch (PlatformException running) {
                inUse.add(folder.toString());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return new Cleaned(deleted, bytes, inUse);
    }

    /** A sentence on how much this demo and all of them take. */
    static String sizes(Path folder, Path all) {
        List<Path> homes = homes(all);
        String this_ = "This demo's data takes " + DiskSpace.size(size(folder)) + " in " + folder;
        return homes.size() > 1
                ? this_ + "; all " + homes.size() + " demos take "
                        + DiskSpace.size(
                                homes.stream().mapToLong(DemoFolders::size).sum())
                        + ". ./tribunal demo --clean deletes them."
                : this_ + (homes.isEmpty() ? "." : ". ./tribunal demo --clean deletes it.");
    }

    private static List<Path> homes(Path all) {
        if (!Files.isDirectory(all)) {
            return List.of();
        }
        try (Stream<Path> folders = Files.list(all)) {
            return folders.filter(folder -> Files.isRegularFile(folder.resolve("lock"), LinkOption.NOFOLLOW_LINKS))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long size(Path folder) {
        long[] bytes = {0};
        try {
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    bytes[0] += attributes.size();
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException goneMeanwhile) {
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes[0];
    }
}
