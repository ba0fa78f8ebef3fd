package dev.tribunal.servicekit.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How much room a folder's disk has, before something large is written there. */
public final class DiskSpace {

    /** Left free for the database and the logs, which often lie on the same disk. */
    static final long RESERVE = 256L << 20;

    private DiskSpace() {}

    /**
     * @param folder need not exist yet
     * @param bytes what is going to be written
     * @param what it is, as the subject of a sentence: {@code 3 checkpoints of 2.0 GB need}
     * @return what is missing, for people; null if there is room
     */
    public static @Nullable String lack(Path folder, long bytes, String what) {
        long free;
        try {
            free = Files.getFileStore(existing(folder)).getUsableSpace();
        } catch (IOException unknown) {
            return null; // where nothing can be asked, the writing itself tells
        }
        return lack(folder, bytes, what, free);
    }

    static @Nullable String lack(Path folder, long bytes, String what, long free) {
        if (bytes <= free - RESERVE) {
            return null;
        }
        return what + " " + size(bytes) + " in " + folder + ", whose disk has " + size(Math.max(0, free)) + " free ("
                + size(RESERVE) + " stay reserved for the database and the logs)";
    }

    /** {@code 1.5 GB}: decimal units, as disks are sold. */
    public static String size(long bytes) {
        String[] units = {"bytes", "kB", "MB", "GB", "TB", "PB", "EB"};
        double value = bytes;
        int unit = 0;
        while (value >= 999.5 && unit < units.length - 1) {
            value /= 1000;
            unit++;
        }
        return String.format(Locale.ROOT, unit == 0 || value >= 99.5 ? "%.0f %s" : "%.1f %s", value, units[unit]);
    }

    private static Path existing(Path folder) throws IOException {
        for (Path at = folder.toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.exists(at)) {
                return at;
            }
        }
        throw new IOException("no root");
    }
}
