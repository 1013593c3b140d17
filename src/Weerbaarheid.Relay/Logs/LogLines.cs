using System.Net;
using Microsoft.Extensions.Logging;

namespace Weerbaarheid.Relay.Logs;

/// <summary>
/// Every line that the program logs, with its number: the one table of event ids. From Information on a line holds no words of a message, no
/// client's own name and no reference; what names somebody stands in a line for debugging, under another number. Numbers are never used again for something else.
/// </summary>
internal static partial class LogLines
{
    // 100: the node as a whole.
    [LoggerMessage(100, LogLevel.Critical, "{Problem}")]
    public static partial void CannotRun(this ILogger log, string problem);

    [LoggerMessage(101, LogLevel.Critical, "A part of the node stopped; the node stops with it")]
    public static partial void PartStopped(this ILogger log, Exception? cause);

    [LoggerMessage(102, LogLevel.Information, "{Note}")]
    public static partial void Note(this ILogger log, string note);

    [LoggerMessage(103, LogLevel.Warning, "{Note}")]
    public static partial void Warn(this ILogger log, string note);

    [LoggerMessage(104, LogLevel.Warning, "Message {Id} was received but cannot be read: {Problem}")]
    public static partial void Unreadable(this ILogger log, string id, string problem);

    [LoggerMessage(105, LogLevel.Information, "Metrics and traces go to {Host}")]
    public static partial void TelemetryLeaves(this ILogger log, string host);

    [LoggerMessage(106, LogLevel.Warning, "The key file and its second copy: {Remark}")]
    public static partial void KeyFilesRemark(this ILogger log, string remark);

    // 200: the store.
    [LoggerMessage(200, LogLevel.Warning, "The numbers of this site go on anew: {Reason} (last known: {Last})")]
    public static partial void NumbersAnew(this ILogger log, string reason, string last);

    [LoggerMessage(201, LogLevel.Warning, "A damaged row was put aside: {Table} {Row}, {Reason}")]
    public static partial void RowPutAside(this ILogger log, string table, string row, string reason);

    [LoggerMessage(202, LogLevel.Warning, "The store was put aside: {Reason}. It lies in {Folder}; {Salvaged} envelopes were read out of it, {Unreadable} rows were not whole. A new one is in use.")]
    public static partial void StorePutAside(this ILogger log, string reason, string folder, int salvaged, int unreadable);

    [LoggerMessage(203, LogLevel.Warning, "The disk or the store is full: the ballast is given away and only priority 1 is taken in. Make room on the disk.")]
    public static partial void StoreFull(this ILogger log);

    [LoggerMessage(204, LogLevel.Warning, "There is room on the disk again: everything is taken in")]
    public static partial void RoomAgain(this ILogger log);

    [LoggerMessage(205, LogLevel.Error, "The store failed: {Reason}")]
    public static partial void StoreFailed(this ILogger log, string reason);

    [LoggerMessage(206, LogLevel.Error, "The store failed; nothing of this batch was taken in: {Reason}")]
    public static partial void BatchFailed(this ILogger log, string reason);

    [LoggerMessage(207, LogLevel.Error, "The store cannot be read yet: {Reason}")]
    public static partial void StoreUnreadable(this ILogger log, string reason);

    [LoggerMessage(208, LogLevel.Warning, "The life of the counters: {Remark}")]
    public static partial void LifeRemark(this ILogger log, string remark);

    [LoggerMessage(210, LogLevel.Information, "Retention took {Count} records older than {Days} days")]
    public static partial void RetentionTook(this ILogger log, int count, int days);

    [LoggerMessage(211, LogLevel.Warning, "Erased by order of a person: {Count} records, {Stores} broken stores; {Kept} are still owed to somebody and stay")]
    public static partial void ErasedByOrder(this ILogger log, int count, int stores, int kept);

    // 300: exercises.
    [LoggerMessage(300, LogLevel.Warning, "Exercise {Number} begins: what is handed in here is marked OEFENING until it is stopped")]
    public static partial void ExerciseBegins(this ILogger log, int number);

    [LoggerMessage(301, LogLevel.Warning, "Exercise {Number} is over: what is handed in here is real again")]
    public static partial void ExerciseEnds(this ILogger log, int number);

    [LoggerMessage(302, LogLevel.Warning, "The journal of the exercise cannot be written: {Reason}")]
    public static partial void JournalFailed(this ILogger log, string reason);

    // 400: links.
    [LoggerMessage(400, LogLevel.Information, "Link {Link} is up: {Type} at {Port}")]
    public static partial void ModemUp(this ILogger log, string link, string type, string port);

    [LoggerMessage(401, LogLevel.Warning, "Link {Link} is down: {Reason}")]
    public static partial void LinkDown(this ILogger log, string link, string reason);

    [LoggerMessage(402, LogLevel.Information, "Link {Link}: {Text}")]
    public static partial void ModemSays(this ILogger log, string link, string text);

    [LoggerMessage(403, LogLevel.Information, "Link {Link} is up: {Broker}, MQTT {Version}")]
    public static partial void MqttUp(this ILogger log, string link, string broker, string version);

    /// <summary>The call sign is in it, which the law asks of the station's log; the name of the operator is not.</summary>
    [LoggerMessage(410, LogLevel.Warning, "Link {Link} is armed by {CallSign} until {Until}")]
    public static partial void Armed(this ILogger log, string link, string callSign, string until);

    [LoggerMessage(411, LogLevel.Warning, "Link {Link} is no longer armed")]
    public static partial void Disarmed(this ILogger log, string link);

    [LoggerMessage(412, LogLevel.Information, "Link {Link} transmitted {Time}: {Bytes} bytes to {To}: {Items}")]
    public static partial void Transmitted(this ILogger log, string link, string time, int bytes, string to, string items);

    // 500: the broker.
    [LoggerMessage(500, LogLevel.Warning, "Subscribers that do not acknowledge what is delivered to them get nothing newer until they do: {Count} of {All}.")]
    public static partial void SubscribersSlow(this ILogger log, int count, int all);

    [LoggerMessage(501, LogLevel.Information, "Client {Client} speaks MQTT 3.1.1, which has no word for a refusal; its connection is closed.")]
    public static partial void RefusalUntold(this ILogger log, string client);

    /// <summary>Who is a certificate's name or, before one was shown, a network address: without that nobody finds an attacker.</summary>
    [LoggerMessage(502, LogLevel.Warning, "Turned away {Who}: {Why}{More}")]
    public static partial void TurnedAway(this ILogger log, string who, string why, string more);

    [LoggerMessage(503, LogLevel.Information, "Refused ({Reason}) from client {Client} on {Topic}{More}")]
    public static partial void Refused(this ILogger log, string reason, string client, string topic, string more);

    [LoggerMessage(504, LogLevel.Error, "Publishing the last will of client {Client} failed: {Fault}")]
    public static partial void WillFailed(this ILogger log, string client, string fault);

    [LoggerMessage(505, LogLevel.Error, "Acknowledging client {Client} failed; the connection ends without an acknowledgement: {Fault}")]
    public static partial void AcknowledgingFailed(this ILogger log, string client, string fault);

    [LoggerMessage(506, LogLevel.Warning, "Accepting a connection failed: {Problem}")]
    public static partial void AcceptingFailed(this ILogger log, string problem);

    [LoggerMessage(507, LogLevel.Error, "Serving a connection failed with {Fault} at {Place}; it ends.")]
    public static partial void ServingFailed(this ILogger log, string fault, string? place);

    // 590: only for debugging. Names clients, and may hold what they wrote.
    [LoggerMessage(590, LogLevel.Debug, "Refused {Client} on {Topic}: {Error}")]
    public static partial void RefusedInFull(this ILogger log, string client, string topic, string error);

    [LoggerMessage(591, LogLevel.Debug, "The session of client {Client}, which is away, is deleted.")]
    public static partial void SessionDeleted(this ILogger log, string client);

    [LoggerMessage(592, LogLevel.Debug, "{Source}: {Text}")]
    public static partial void LibrarySays(this ILogger log, Exception? cause, string source, string text);

    [LoggerMessage(593, LogLevel.Debug, "Sweeping sessions stopped with the broker.")]
    public static partial void SweepStopped(this ILogger log, Exception cause);

    [LoggerMessage(594, LogLevel.Debug, "Connection from {Remote} dropped: {Why}.")]
    public static partial void ConnectionDropped(this ILogger log, EndPoint? remote, string why);

    [LoggerMessage(595, LogLevel.Debug, "A packet from {Remote} breaks a rule: {Rule} The connection ends.")]
    public static partial void RuleBroken(this ILogger log, EndPoint? remote, string rule);

    [LoggerMessage(596, LogLevel.Debug, "Malformed packet from {Remote}; the connection ends.")]
    public static partial void PacketMalformed(this ILogger log, Exception cause, EndPoint? remote);

    // 600: pages.
    [LoggerMessage(600, LogLevel.Error, "A page failed with {Fault} at {Place}")]
    public static partial void PageFailed(this ILogger log, string fault, string? place);

    [LoggerMessage(601, LogLevel.Warning, "A wrong PIN for {Role} was given")]
    public static partial void WrongPin(this ILogger log, string role);

    [LoggerMessage(602, LogLevel.Error, "A situation report could not be kept: {Fault}")]
    public static partial void SitrapNotKept(this ILogger log, string fault);
}
