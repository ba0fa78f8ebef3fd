package dev.tribunal.servicekit.files;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * The folders below which a request may name files, as {@code hf:DIRECTORY} (a Hugging Face checkpoint) or
 * {@code file:PATH}. A relative path is taken from the first root. Links are followed before the check, those in a
 * checkpoint's directory too: they may lead from a Hugging Face cache's snapshot to its blobs, but not out of the
 * roots.
 */
public final class FileRoots {

    public static final String CHECKPOINT = "hf:";
    public static final String FILE = "file:";

    /** Files of these say nothing of their size, and reading some of them waits or changes things. */
    private static final Set<String> MADE_BY_THE_KERNEL = Set.of(
            "proc",
            "sysfs",
            "cgroup",
            "cgroup2",
            "debugfs",
            "tracefs",
            "securityfs",
            "configfs",
            "pstore",
            "bpf",
            "efivarfs",
            "binfmt_misc",
            "mqueue",
            "devpts",
            "devtmpfs");

    private static final int MOST_ENTRIES = 10_000;

    private final List<Path> roots;

    /** @param roots at least one; they need not exist yet */
    public FileRoots(List<Path> roots) {
        if (roots.isEmpty()) {
            throw new IllegalArgumentException("tribunal.files.roots is empty: name at least one folder");
        }
        this.roots =
                roots.stream().map(root -> root.toAbsolutePath().normalize()).toList();
    }

    /** @throws IllegalArgumentException with a message for the user, if there is no such checkpoint directory */
    public Path checkpoint(String reference) {
        Path directory = resolve(reference, CHECKPOINT);
        if (!Files.isDirectory(directory)) {
            throw new IllegalArgumentException("'" + reference + "': " + directory + " is not a directory");
        }
        requireLinksInside(reference, directory, true);
        return directory;
    }

    /** @throws IllegalArgumentException with a message for the user, if there is no such file */
    public Path file(String reference) {
        Path file = resolve(reference, FILE);
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException("'" + reference + "': " + file + " is not a regular file");
        }
        return file;
    }

    /** @throws IllegalArgumentException with a message for the user, if there is no such folder to write to */
    public Path folder(String reference) {
        Path folder = resolve(reference, FILE);
        if (!Files.isDirectory(folder)) {
            throw new IllegalArgumentException("'" + reference + "': " + folder + " is not a directory");
        }
        if (!Files.isWritable(folder)) {
            throw new IllegalArgumentException("'" + reference + "': this service may not write to " + folder);
        }
        return folder;
    }

    private Path resolve(String reference, String scheme) {
        if (!reference.startsWith(scheme) || reference.length() == scheme.length()) {
            throw new IllegalArgumentException(
                    "'" + reference + "' must be written " + scheme + (scheme.equals(FILE) ? "PATH" : "DIRECTORY"));
        }
        Path path;
        try {
            path = roots.getFirst()
                    .resolve(reference.substring(scheme.length()))
                    .normalize();
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("'" + reference + "' is not a path: " + e.getReason(), e);
        }
        requireBelowRoot(reference, path);
        if (!Files.exists(path)) {
            throw new IllegalArgumentException("'" + reference + "': " + path + " does not exist");
        }
        try {
            Path real = path.toRealPath();
            requireBelowRoot(reference, real);
            requireStored(reference, real);
            return real;
        } catch (IOException e) {
            throw new IllegalArgumentException("'" + reference + "' cannot be read: " + e.getMessage(), e);
        }
    }

    /** @param deeper whether to look into its directories as well, which hold templates */
    private void requireLinksInside(String reference, Path directory, boolean deeper) {
        int entries = 0;
        try (DirectoryStream<Path> listed = Files.newDirectoryStream(directory)) {
            for (Path entry : listed) {
                if (++entries > MOST_ENTRIES) {
                    throw new IllegalArgumentException("'" + reference + "': " + directory + " has more than "
                            + MOST_ENTRIES + " entries: it is not a checkpoint");
                }
                if (Files.isSymbolicLink(entry) && Files.exists(entry)) {
                    Path target = entry.toRealPath();
                    if (!isBelowRoot(target)) {
                        throw new IllegalArgumentException("'" + reference + "': " + entry + " is a link to " + target
                                + ", outside the folders that this service may read (" + roots
                                + "); copy the file, or add its folder to tribunal.files.roots");
                    }
                    requireStored(reference, target);
                }
                if (deeper && Files.isDirectory(entry)) {
                    requireLinksInside(reference, entry, false);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            throw new IllegalArgumentException("'" + reference + "' cannot be read: " + e.getMessage(), e);
        }
    }

    private static void requireStored(String reference, Path path) {
        String type;
        try {
            type = Files.getFileStore(path).type();
        } catch (IOException unknown) {
            return;
        }
        if (MADE_BY_THE_KERNEL.contains(type)) {
            throw new IllegalArgumentException("'" + reference + "': " + path + " is made by the kernel (" + type
                    + ") and not a stored file; copy what it says into a file");
        }
    }

    private boolean isBelowRoot(Path path) {
        return roots.stream().anyMatch(root -> path.startsWith(root) || path.startsWith(real(root)));
    }

    private void requireBelowRoot(String reference, Path path) {
        if (isBelowRoot(path)) {
            return;
        }
        throw new IllegalArgumentException("'" + reference + "' lies outside the folders that this service may read ("
                + roots + "); move it there, or add its folder to tribunal.files.roots");
    }

    private static Path real(Path root) {
        try {
            return root.toRealPath();
        } catch (IOException absent) {
            return root;
        }
    }
}
