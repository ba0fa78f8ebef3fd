package dev.tribunal.servicekit.outbound;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Addresses that no registered server may have: those of the link, of a cloud's metadata service, without an owner, or
 * that hide an IPv4 address in an IPv6 one. They are compared as bytes, so that no spelling gets by.
 */
final class ForbiddenAddresses {

    /** What answers with credentials, and is not link-local: by cloud, AWS, Google, Scaleway, Alibaba, Oracle, Azure. */
    private static final List<Range> METADATA = List.of(
            Range.of("fd00:ec2::", 32),
            Range.of("fd20:ce::254", 128),
            Range.of("fd00:42::42", 128),
            Range.of("100.100.100.200", 32),
            Range.of("192.0.0.192", 32),
            Range.of("168.63.129.16", 32));

    /** This network, and what is reserved, broadcast among it. */
    private static final List<Range> UNASSIGNED = List.of(Range.of("0.0.0.0", 8), Range.of("240.0.0.0", 4));

    /** RFC 6052: names of IPv4 hosts resolve to it where only IPv6 is spoken, so the address inside decides. */
    private static final Range NAT64 = Range.of("64:ff9b::", 96);

    /** IPv4-compatible, local NAT64 (RFC 8215), 6to4, Teredo. {@code ::} and {@code ::1} have rules of their own. */
    private static final List<Range> TUNNELS =
            List.of(Range.of("::", 96), Range.of("64:ff9b:1::", 48), Range.of("2002::", 16), Range.of("2001::", 32));

    private static final List<Range> PRIVATE = List.of(
            Range.of("10.0.0.0", 8),
            Range.of("172.16.0.0", 12),
            Range.of("192.168.0.0", 16),
            Range.of("100.64.0.0", 10),
            Range.of("127.0.0.0", 8),
            Range.of("::1", 128),
            Range.of("fc00::", 7));

    private ForbiddenAddresses() {}

    /** What the address is; null if a registered server may have it. Not about loopback addresses. */
    static @Nullable String objection(InetAddress address) {
        if (address.isLinkLocalAddress()) {
            return "a link-local address, as clouds' metadata services have";
        }
        if (in(METADATA, address)) {
            return "a cloud's metadata service";
        }
        if (address.isAnyLocalAddress() || address.isMulticastAddress() || in(UNASSIGNED, address)) {
            return "no host's address";
        }
        if (NAT64.holds(address)) {
            byte[] bytes = address.getAddress();
            InetAddress inside = address(Arrays.copyOfRange(bytes, 12, 16));
            return inside.isLoopbackAddress() ? "this machine, by NAT64" : objection(inside);
        }
        return !address.isLoopbackAddress() && in(TUNNELS, address) ? "an IPv4 address inside an IPv6 one" : null;
    }

    /** Whether it is of a network that is not the world's. */
    static boolean inside(InetAddress address) {
        return in(PRIVATE, address);
    }

    private static boolean in(List<Range> ranges, InetAddress address) {
        return ranges.stream().anyMatch(range -> range.holds(address));
    }

    /** From bytes: an IPv4 address that IPv6 maps (::ffff:0:0/96) becomes the IPv4 address. */
    private static InetAddress address(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    private record Range(byte[] start, int bits) {

        /** @param start a literal address, which is not resolved */
        static Range of(String start, int bits) {
            return new Range(InetAddress.ofLiteral(start).getAddress(), bits);
        }

        boolean holds(InetAddress address) {
            byte[] bytes = address instanceof Inet6Address
                    ? address(address.getAddress()).getAddress()
                    : address.getAddress();
            if (bytes.length != start.length) {
                return false;
            }
            for (int bit = 0; bit < bits; bit++) {
                int mask = 0x80 >> (bit % 8);
                if ((bytes[bit / 8] & mask) != (start[bit / 8] & mask)) {
                    return false;
                }
            }
            return true;
        }
    }
}
