// A Neo4j community server for tests: Bolt on a loopback port, a home folder and a password given by the caller.
// Run as a single source file: java -cp 'lib/*' Server.java HOME PORT, the password in NEO4J_TEST_PASSWORD.
import java.nio.file.Path;
import java.time.Duration;
import org.neo4j.configuration.GraphDatabaseSettings;
import org.neo4j.configuration.connectors.BoltConnector;
import org.neo4j.configuration.helpers.SocketAddress;
import org.neo4j.dbms.api.DatabaseManagementServiceBuilder;

public class Server {
    public static void main(String[] arguments) throws Exception {
        var home = Path.of(arguments[0]);
        var port = Integer.parseInt(arguments[1]);
        var password = System.getenv("NEO4J_TEST_PASSWORD");
        var service = new DatabaseManagementServiceBuilder(home)
            .setConfig(BoltConnector.enabled, true)
            .setConfig(BoltConnector.listen_address, new SocketAddress("127.0.0.1", port))
            .setConfig(BoltConnector.advertised_address, new SocketAddress("127.0.0.1", port))
            .setConfig(GraphDatabaseSettings.auth_enabled, true)
            .setConfig(GraphDatabaseSettings.pagecache_memory, 64L << 20)
            .build();
        Runtime.getRuntime().addShutdownHook(new Thread(service::shutdown));
        try (var transaction = service.database("system").beginTx()) {
            transaction.execute(
                "ALTER USER neo4j SET PASSWORD $password CHANGE NOT REQUIRED",
                java.util.Map.of("password", password));
            transaction.commit();
        } catch (RuntimeException error) {
            // A second start of the same home finds the password as it was set.
            System.err.println("password left as it is: " + error.getMessage());
        }
        System.out.println("ready");
        // The caller holds our stdin: when it dies, however it dies, the server ends with it.
        while (System.in.read() >= 0) {
            continue;
        }
        System.exit(0);
    }
}
