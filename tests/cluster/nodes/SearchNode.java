import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.opensearch.analysis.common.CommonAnalysisPlugin;
import org.opensearch.common.logging.LogConfigurator;
import org.opensearch.common.settings.Settings;
import org.opensearch.index.reindex.ReindexPlugin;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;
import org.opensearch.painless.PainlessPlugin;
import org.opensearch.transport.Netty4Plugin;

/**
 * A node of OpenSearch in a process of its own: {@code java SearchNode name=value ...}, with its settings.
 *
 * <p>It closes at SIGTERM, and when its standard input ends: it does not outlive the process at the other end of the
 * pipe. Closing takes a minute at most.
 */
public final class SearchNode extends Node {
    private SearchNode(Settings settings, Path home) {
        super(
            InternalSettingsPreparer.prepareEnvironment(settings, Map.of(), home, () -> "node"),
            List.of(Netty4Plugin.class, CommonAnalysisPlugin.class, PainlessPlugin.class, ReindexPlugin.class),
            true);
    }

    public static void main(String[] arguments) throws Exception {
        Settings.Builder settings = Settings.builder();
        Arrays.stream(arguments).map(one -> one.split("=", 2)).forEach(one -> settings.put(one[0], one[1]));
        LogConfigurator.setNodeName(settings.get("node.name"));
        SearchNode node = new SearchNode(settings.build(), Path.of(settings.get("path.home")));
        Runtime.getRuntime().addShutdownHook(new Thread(node::closeQuietly));
        node.start();
        while (System.in.read() >= 0) {
            continue;
        }
        System.exit(0);
    }

    private void closeQuietly() {
        Thread limit = new Thread(SearchNode::endAfterAMinute);
        limit.setDaemon(true);
        limit.start();
        try {
            close();
        } catch (IOException error) {
            error.printStackTrace();
        }
    }

    private static void endAfterAMinute() {
        try {
            Thread.sleep(60_000);
        } catch (InterruptedException ignored) {
            // end now
        }
        Runtime.getRuntime().halt(1);
    }
}
