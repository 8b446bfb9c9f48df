// Every class of the platform that Apex can use here: importing a file lists its classes in the registry.
import './collections.ts';
import './dates.ts';
import './json.ts';
import './numbers.ts';
import './org-limits.ts';
import './strings.ts';
import './system.ts';
import './web.ts';
import '../database/schema-classes.ts';
import '../execution/database-class.ts';
import '../execution/event-delivery.ts';
import '../execution/jobs.ts';
import '../execution/limits.ts';
import '../execution/queueables.ts';
import '../execution/schedules.ts';
import '../execution/tests.ts';
import '../execution/trigger-class.ts';
